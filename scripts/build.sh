# Keeps what the scripts run up to date. Sourced after jdk.sh; $root and $name are set.
#
# A build is one of three kinds, each in a folder of its own under .build/: "app" (./pawl), "bench" (bench/run)
# and "sim" (./sim). In it:
#   inputs    what it was made of: the JDK, and every source with its size and time. It is compared at each start, so
#             a file that was deleted, or put back with an older date, is noticed as well.
#   current   a link to run.N: the jars, the JVM's arguments, the AOT cache. A build never touches a run.N that exists,
#             so a program that runs from one goes on undisturbed. Each holds a lock on its own as long as it lives;
#             the ones that nobody holds are deleted after the next build.
#   modules   Maven's own output; always from nothing, since Maven misses a source that became older.

# Lists what a build of $kind is made of, on stdout, in a stable order.
list_inputs() {
    local where=(pom.xml .mvn scripts tools pawl sim bench/run) dir
    for dir in */; do
        [[ -f ${dir}pom.xml ]] || continue
        where+=("${dir}pom.xml" "${dir}src/main")
        [[ $kind == sim ]] && where+=("${dir}src/test")
    done
    echo "$JAVA_HOME"
    # Editors' swap and backup files are no sources. Names that don't exist are no fault.
    if [[ $OSTYPE == darwin* ]]; then
        find "$JAVA_HOME/release" "${where[@]}" \( -name '.*' -o -name '*~' -o -name '#*#' \) ! -name .mvn -prune \
            -o -type f -exec stat -f '%Fm %z %N' {} + 2>/dev/null
    else
        find "$JAVA_HOME/release" "${where[@]}" \( -name '.*' -o -name '*~' -o -name '#*#' \) ! -name .mvn -prune \
            -o -type f -printf '%T@ %s %p\n' 2>/dev/null
    fi | LC_ALL=C sort
}

# Sets $run to the folder to run from, holding a shared lock on it by file descriptor 9. Builds when it must.
# $1: the kind. $2: Maven module to run. $3...: Maven arguments.
fresh_run() {
    kind=$1
    local module=$2 made now home=$root/.build/$1 tries
    shift 2
    for tries in 1 2 3; do
        cd "$root" || exit 70
        now=$(list_inputs)
        made=''
        [[ -r $home/inputs ]] && IFS= read -r -d '' made <"$home/inputs"
        [[ "$now"$'\n' == "$made" && -L $home/current ]] || build "$module" "$@"
        cd "$here" || exit 70
        run=$home/$(readlink "$home/current")
        # Between the link and the lock a newer build may have deleted the folder: then look again.
        if ! type -P flock >/dev/null; then [[ -d $run ]] && return 0; continue; fi
        { exec 9<"$run/held"; } 2>/dev/null && flock -s 9 && [[ -e $run/held ]] && return 0
    done
    echo "$name: $home changes faster than it can be read: are several builds started over and over?" >&2
    exit 70
}

build() {
    local module=$1 begun=$SECONDS home=$root/.build/$kind work log now made next old status
    shift
    find_maven
    mkdir -p "$home" || { echo "$name: cannot write to $home, and the build there is missing or old." >&2; exit 70; }
    lock_build "$home"
    # Whoever had the lock may just have built the same.
    now=$(list_inputs)
    made=''
    [[ -r $home/inputs ]] && IFS= read -r -d '' made <"$home/inputs"
    if [[ "$now"$'\n' == "$made" && -L $home/current ]]; then unlock_build "$home"; return 0; fi

    echo "$name: building (sources are newer than the build, or there is none) ..." >&2
    rm -rf "$home/inputs" "$home/modules"
    log=$home/build.log
    # Maven inherits the lock: should this script be killed, nobody builds into what Maven still writes.
    run_maven "-XX:+UseSerialGC -XX:TieredStopAtLevel=1" -q -Dfast="$kind" -pl "$module" -am "$@" package >"$log" 2>&1
    status=$?
    if ((status != 0)); then
        sed $'s/\e\\[[0-9;]*m//g; /^$/d' "$log" | grep -v 'Help 1\|^\[ERROR\] *$\|full stack trace\|full debug logging\|more information about the errors\|After correcting the problems\|  mvn <args>' >&2
        echo "$name: the build failed; nothing was run (all of it: $log)." >&2
        exit 70
    fi
    next=run.$$.$SECONDS
    mkdir -p "$home/$next/lib"
    work=$home/modules/pawl-$module
    cp -p "$work"/lib/*.jar "$home/$next/lib/" || exit 70
    cp -p "$work"/*.jar "$home/$next/lib/" 2>/dev/null
    [[ -d $work/test-classes ]] && cp -Rp "$work/test-classes" "$home/$next/"
    : >"$home/$next/held"
    write_classpath "$home/$next"
    after_build "$home/$next"
    ln -sfn "$next" "$home/next" && mv -Tf "$home/next" "$home/current" 2>/dev/null || { rm -rf "$home/current" && mv "$home/next" "$home/current"; }
    printf '%s\n' "$now" >"$home/inputs"
    for old in "$home"/run.*; do
        [[ $old == "$home/$next" ]] && continue
        if type -P flock >/dev/null; then flock -n -x "$old/held" rm -rf "$old"; fi
    done
    unlock_build "$home"
    echo "$name: built in $((SECONDS - begun)) s" >&2
}

# An argument file for java: the classpath in a fixed order, which the AOT cache depends on.
write_classpath() {
    local jars=("$1"/lib/*.jar) all
    [[ -d $1/test-classes ]] && jars=("$1/test-classes" "${jars[@]}")
    all=$(IFS=:; echo "${jars[*]}")
    printf -- '-cp\n"%s"\n' "${all//\\/\\\\}" >"$1/classpath"
}

# One build at a time: a second waits, then finds it done.
lock_build() {
    if type -P flock >/dev/null; then
        exec 8>"$1/lock"
        flock -n -x 8 && return 0
        echo "$name: another build is under way; waiting for it ..." >&2
        flock -x 8
        return
    fi
    # Without flock (macOS) a folder is the lock; one whose owner is gone is taken over.
    until mkdir "$1/lock.d" 2>/dev/null; do
        kill -0 "$(cat "$1/lock.d/pid" 2>/dev/null || echo $$)" 2>/dev/null || rm -rf "$1/lock.d"
        sleep 0.2
    done
    echo $$ >"$1/lock.d/pid"
    trap 'rm -rf "$root/.build/$kind/lock.d"' EXIT
}

unlock_build() {
    if type -P flock >/dev/null; then exec 8>&-; else rm -rf "$1/lock.d"; trap - EXIT; fi
}

# What to do once the jars are there; ./pawl puts its AOT cache here.
after_build() { :; }
