#!/bin/sh
# An effect that can be counted: a line in $1 each time it is run; then it is at work until $2 is there.
echo ran >>"$1"
while [ ! -e "$2" ]; do sleep 0.05; done
echo worked
