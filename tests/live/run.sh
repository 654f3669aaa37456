#!/usr/bin/env bash
# The live tests that this machine can run, against what ./dev test has built. A test whose server it could not have is
# skipped, and says why.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
export SLUICE_LIVE=1 SLUICE_BIN=$PWD/build/release/bin
python3 -B tests/live/alertmanager_test.py -v
python3 -B tests/live/keychain_test.py -v
python3 -B tests/live/kafka_test.py -v
python3 -B tests/live/kafka_lag_test.py -v
python3 -B tests/live/prometheus_test.py -v
