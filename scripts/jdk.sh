# Finds the JDK and Maven. Sourced by ./pawl, ./check, ./fix, ./sim and bench/run; needs bash 3.2.
# Reads only files, starts no process, so it costs no time.

# The major version of the JDK at $1, into $major; 0 when it is none or has no compiler.
jdk_major() {
    local line
    major=0
    [[ -x $1/bin/javac && -r $1/release ]] || return 0
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=\"*) line=${line#JAVA_VERSION=\"}; line=${line%%[!0-9]*}; major=${line:-0}; return 0 ;;
        esac
    done <"$1/release"
}

# Exports JAVA_HOME: the caller's where that is 25 or newer, else the first 25 there is, else the first newer one.
find_jdk() {
    local home newer='' on_path
    if [[ -n ${JAVA_HOME:-} ]]; then
        jdk_major "$JAVA_HOME"
        ((major >= 25)) && return 0
    fi
    on_path=$(type -P java) || on_path=''
    [[ -L $on_path ]] && on_path=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
    shopt -s nullglob
    for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* "${HOME:-/}"/.sdkman/candidates/java/* \
        "${HOME:-/}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home "${on_path%/bin/java}"; do
        jdk_major "$home"
        if ((major == 25)); then
            shopt -u nullglob
            export JAVA_HOME=$home
            return 0
        fi
        ((major > 25)) && [[ -z $newer ]] && newer=$home
    done
    shopt -u nullglob
    [[ -n $newer ]] && export JAVA_HOME=$newer && return 0
    echo "$name: needs JDK 25 and found none: install one (Debian: openjdk-25-jdk or temurin-25-jdk; macOS: brew install openjdk@25; any system: sdk install java 25-tem) or set JAVA_HOME to it." >&2
    exit 69
}

find_maven() {
    type -P mvn >/dev/null && return 0
    echo "$name: needs Maven to build and found no mvn on PATH: install it (Debian: apt install maven; macOS: brew install maven; any system: sdk install maven)." >&2
    exit 69
}

# Maven itself, quiet about what is no news: its own libraries' use of Unsafe, downloads. $1: JVM flags.
run_maven() {
    local flags=$1
    shift
    MAVEN_OPTS="${MAVEN_OPTS:-} --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Djansi.noreset=true $flags" \
        mvn --batch-mode --no-transfer-progress -Dstyle.color=never -f "$root/pom.xml" "$@"
}
