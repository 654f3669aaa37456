module sluice/bench/exposition

go 1.19

require (
	github.com/VictoriaMetrics/VictoriaMetrics v1.93.0
	github.com/prometheus/prometheus v0.46.0
)

require (
	github.com/VictoriaMetrics/metrics v1.24.0 // indirect
	github.com/VictoriaMetrics/metricsql v0.63.0 // indirect
	github.com/cespare/xxhash/v2 v2.2.0 // indirect
	github.com/gogo/protobuf v1.3.2 // indirect
	github.com/grafana/regexp v0.0.0-20221122212121-6b5c0a4cb7fd // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/prometheus/common v0.44.0 // indirect
	github.com/valyala/fastjson v1.6.4 // indirect
	github.com/valyala/fastrand v1.1.0 // indirect
	github.com/valyala/histogram v1.2.0 // indirect
	golang.org/x/sys v0.11.0 // indirect
)

// VictoriaMetrics asks for a later one; what is compared is the version that the evaluator follows.
replace github.com/prometheus/prometheus => github.com/prometheus/prometheus v0.42.0
