"""Shapes of PromQL for promql_cases.py: {v} and {w} stand for instant vectors, {s} for a metric's name."""

# Each is PromQL, and known not to be understood by us.
REFUSED = [
    "{v} * on (version) group_left {w}", "{v} / ignoring (pod) group_right {w}", "{v} @ 1767226200",
    "max_over_time({s}[5m])", "rate({s}[5m:1m])", "topk(2, {v})", "quantile(0.5, {v})", '"text"', "delta({s}[5m])",
    "irate({s}[5m])", "clamp_min({v}, 0)", "sort({v})", 'label_replace({v}, "a", "$1", "pod", "(.*)")', "round({v})",
    "{v} atan2 {w}", "stddev({v})", 'count_values("n", {v})', "group({v})", "changes({s}[5m])", "resets({s}[5m])",
    "{s}[5m:]", "absent_over_time({s}[5m])", "pi()", "sgn({v})", "predict_linear({s}[5m], 60)"]

# What of this is good and what is not must be so on both sides.
SYNTAX = [
    "{s} offset 0s", "{s}{__name__=~'x'}", "{v} offset 5m offset 1m", "({s}) offset 5m",
    "{s}[5m] offset 1m offset 1m", "{s}[5m][5m]", "{s} offset 1m [5m]", "{s}[1m30]", "{s}[1.5m]", "{s}[1m1h]",
    "{s}[1m1m]", "{s}[1s1ms]", "{s}[1d1h]", "{s}[0s]", "{s}[5]", "{s}[]", "{s}[5M]", "{s}[100000y]", "{s}[1w]", "5m",
    "{s}[-5m]", "{s} offset 5", "{s} offset -1m30s", "sum ({v}) by (pod) by (code)",
    "avg by (version) without (pod) ({v})", "sum()", "sum", "sum by", "sum {x='y'}", "Sum({v})", "sum by pod ({v})",
    "sum({v},)", "sum({v}) (pod)", "count(1)", "count({s}[5m])", "max by (__name__) ({s})",
    "min without (__name__) ({s})", "sum by (sum, by, on, bool, offset) ({v})", "sum by (a:b) ({v})",
    "sum by (,) ({v})", "sum by (pod,) ({v})", "sum by (pod,,) ({v})", "sum by ('pod') ({v})", "sum by (1) ({v})",
    "sum by ({v})", "RATE({s}[5m])", "rate({s})", "rate(({s}[5m]))", "rate(rate({s}[5m])[5m])", "rate",
    "rate{pod='a'}", "abs(1)", "abs({v},)", "abs({v}))", "abs()", "abs({v} {w})", "scalar(1)", "scalar({s}[5m])",
    "vector({v})", "vector(scalar({v}))", "timestamp(1)", "timestamp(({s}))", "timestamp(-{s})", "time(1)", "time",
    "time() time()", "absent(({s}))", "absent(1)", "absent({s}[5m])", "absent({s}{x='y',x='y'})",
    "absent({s}{x='y',x!='z'})", "absent({s}{x!='z',x='y',w=~'v',u='t'})", "absent(sum({s}{x='y'}))",
    "absent({__name__='nosuch',x='y'})", "histogram_quantile({v}, 1)", "histogram_quantile(0.5)",
    "histogram_quantile(0.5, {v}, {w})", "histogram_quantile(0.5, {s})", "histogram_quantile(scalar({v}), {w})",
    "bool", "on", "ignoring", "group_left", "by", "by{}", "and", "and{x='y'}", "or", "unless", "offset", "inf",
    "inf{}", "nan{}", "without", "start", "end", "a:b", ":a", ":", "a:", "{}", "{__name__=''}", "{pod=~'.*'}",
    "{pod!~'.+'}", "{pod=''}", "{,}", "{s}{pod='a' version='b'}", "{s}{,}", "{s}{pod='a',,}", "{s}{pod='a'",
    "{s}{pod=a}", "{s}{pod}", "{s}{pod=1}", "{s}{a:b='c'}", "{s}{on='c'}", "{s}{pod=='a'}", "{s}{'pod'='a'}",
    "{s}{pod=~'('}", "{s}{pod=~'[b-a]'}", "{s}{pod=~'*'}", "{s}{pod!~''}", "{s}{pod=~'a|'}", "{s}{pod=~'|b'}",
    "{s}{pod=~'(a)|(b)'}", "{s}{pod='\\q'}", "{s}{pod='a\nb'}", "{s}{x!='\\n'}", "{s}{pod='a'}{code='200'}",
    "{ __name__ = '{s}' }", "{v} and bool {w}", "{v} == bool on (pod) {w}", "{v} == on (pod) bool {w}", "1 == 2",
    "1 == bool 2", "1 and 2", "{v} and 1", "1 or {v}", "{v} + {s}[5m]", "-{s}[5m]", "+{v}", "-+-{v}", "- - 1", "1--1",
    "2^-1", "2^-2^2", "-1^2", "-1 * 2 ^ 3", "2 * 3 % 2", "{v}-1", "{v} ^ -1", "{v} % 0", "1 - 2 - 3", "8 / 4 / 2",
    "{v} == {v} == 1", "1 > bool 2 > bool 3", "{v} > bool 1 > 0", "{v} unless on () {w}", "{v} or {w} and {v}",
    "{v} and {w} or {v}", "{v} unless {w} and {v}", "{v} or ignoring (pod) {w}", "{v} + on {w}", "{v} + on (pod {w}",
    "{v} + ignoring () {w}", "1 + ignoring () 2", "1 + on () 2", "1 + on (pod) 2", "{v} * on (pod) 2", "{v} AND {w}",
    "{v} ON (pod) + {w}", "{v} +", "+", "-", "* {v}", "{v} {w}", "{v} == != {w}", "{v} = {w}", "{v} =~ {w}",
    "{v} <> {w}", "{v} & {w}", "{v} !", "({v}", "{v})", "(({v}))", "()", "", "  ", "# only", "{v} # no\n + 1",
    "{v}\n+\t1", "{v};", "$", "é", "{s}é", "nAn", "INF", "+Inf", "infinity", "-NaN", "0x1F", "0X1f", "0x", "0xG",
    "0xFFFFFFFFFFFFFFFF", "0x1p3", "0x1F.8", "1_000", "08", "00", "010", "0777", "007.5", "01e2", "1.e3", ".e3", ".",
    "1e", "1e+", "1.2.3", "1e400", "1e-400", "9223372036854775807", "9223372036854775808",
    "0777777777777777777777777", "1 2", "1e3e3", "vector(1)vector(1)"]
