#!/bin/sh
# Greets everybody: greet.sh --name NAME [--times N] [--loud] [--also NAME]...
set -eu
name= times=1 end=. also=
while [ $# -gt 0 ]; do
    case $1 in
        --name) name=$2; shift 2 ;;
        --times) times=$2; shift 2 ;;
        --also) also="$also, $2"; shift 2 ;;
        --loud) end=!; shift ;;
        *) echo "unknown argument: $1" >&2; exit 2 ;;
    esac
done
while [ "$times" -gt 0 ]; do
    printf 'Hello, %s%s%s\n' "$name" "$also" "$end"
    times=$((times - 1))
done
