// What others take to read an exposition: Prometheus' own parser and VictoriaMetrics', told to bench_exposition.
//
// Usage: exposition FILE SECONDS: prints lines "NAME NANOSECONDS SAMPLES", the processor time of the whole process for
// one reading of FILE, the median of runs that together last SECONDS each.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sort"
	"strconv"
	"syscall"

	"github.com/VictoriaMetrics/VictoriaMetrics/lib/protoparser/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

func processorNanoseconds() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

// As a scrape of known series does it: each series by its bytes. With labels: as one of new series does.
func prometheusReads(text []byte, withLabels bool) int {
	parser := textparse.NewPromParser(text)
	samples := 0
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return samples
		}
		if err != nil {
			panic(err)
		}
		switch entry {
		case textparse.EntryHelp:
			parser.Help()
		case textparse.EntryType:
			parser.Type()
		case textparse.EntrySeries:
			parser.Series()
			if withLabels {
				var found labels.Labels
				parser.Metric(&found)
			}
			samples++
		}
	}
}

var rows prometheus.Rows // kept, as VictoriaMetrics keeps them in a pool

func main() {
	runtime.GOMAXPROCS(1)
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	seconds, err := strconv.ParseFloat(os.Args[2], 64)
	if err != nil {
		panic(err)
	}
	asString := string(text)
	for _, one := range []struct {
		name string
		read func() int
	}{
		{"prometheus", func() int { return prometheusReads(text, false) }},
		{"prometheus-labels", func() int { return prometheusReads(text, true) }},
		{"victoriametrics", func() int { rows.Unmarshal(asString); return len(rows.Rows) }},
	} {
		samples := one.read()
		// The clock of getrusage is coarse: several readings a run.
		perRun := 1 + 20_000_000/(1+len(text))
		var runs []int64
		for begun := processorNanoseconds(); float64(processorNanoseconds()-begun) < seconds*1e9; {
			before := processorNanoseconds()
			for i := 0; i < perRun; i++ {
				one.read()
			}
			runs = append(runs, (processorNanoseconds()-before)/int64(perRun))
		}
		sort.Slice(runs, func(a, b int) bool { return runs[a] < runs[b] })
		fmt.Println(one.name, runs[len(runs)/2], samples)
	}
}
