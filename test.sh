#!/usr/bin/env bash
# Checks the format, builds everything and runs every test. The last line counts the tests: "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'TEXT'
usage: ./test.sh [--no-format] [--seeds N] [--kills N] [--fuzz N] [--filter X]

  --no-format   leave out the format check
  --seeds N     simulated runs use N seeds (WAYBILL_SEEDS)
  --kills N     crash tests kill N processes (WAYBILL_KILLS)
  --fuzz N      the HTTP server gets N odd requests (WAYBILL_FUZZ)
  --filter X    run only the tests that `dotnet test --filter X` selects

WAYBILL_PG_BIN names the folder of initdb and postgres, if it should not be looked for.
TEXT
}

check_format=yes
filter=()
while (($# > 0)); do
    case $1 in
        --no-format) check_format=no; shift ;;
        --seeds | --kills | --fuzz | --filter)
            if (($# < 2)); then echo "$1 needs a value" >&2; usage >&2; exit 2; fi
            case $1 in
                --seeds) export WAYBILL_SEEDS=$2 ;;
                --kills) export WAYBILL_KILLS=$2 ;;
                --fuzz) export WAYBILL_FUZZ=$2 ;;
                --filter) filter=(--filter "$2") ;;
            esac
            shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) echo "unknown option: $1" >&2; usage >&2; exit 2 ;;
    esac
done

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en

# Ends the run before a test could run: exit code, then the reason.
give_up() {
    echo "test.sh: $2" >&2
    echo "0 passed, 1 failed"
    exit "$1"
}

# --- What must be on the machine ---

require_sdk() {
    command -v dotnet > /dev/null || give_up 2 "no dotnet command: install the .NET 10 SDK"
    local sdks
    sdks=$(cd / && dotnet --list-sdks)
    grep -q '^10\.' <<< "$sdks" || give_up 2 "the .NET 10 SDK is missing; this machine has: ${sdks:-none}"
}

# Prints the folder that holds PostgreSQL's server programs, or nothing.
find_postgres() {
    local folder
    for folder in \
        "${WAYBILL_PG_BIN:-}" \
        "$(pg_config --bindir 2> /dev/null || true)" \
        $(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort --reverse) \
        "$(dirname "$(command -v initdb || true)")"; do
        if [[ -n $folder && -x $folder/initdb && -x $folder/postgres ]]; then
            echo "$folder"
            return
        fi
    done
}

install_postgres() {
    local advice="install PostgreSQL's server (Debian and Ubuntu: apt-get install postgresql) or set WAYBILL_PG_BIN"
    ((EUID == 0)) || give_up 2 "no PostgreSQL server programs found: $advice"
    command -v apt-get > /dev/null || give_up 2 "no PostgreSQL server programs found, and no apt-get: $advice"

    # The package would create and start a cluster of its own; the tests make theirs, in temporary folders.
    if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
        mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
    fi

    export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
    apt-get update || give_up 2 "apt-get update failed: $advice"
    apt-get install -y --no-install-recommends postgresql-15 \
        || apt-get install -y --no-install-recommends postgresql \
        || give_up 2 "PostgreSQL's server could not be installed: $advice"
}

require_postgres() {
    local folder
    folder=$(find_postgres)
    if [[ -z $folder ]]; then
        install_postgres
        folder=$(find_postgres)
        [[ -n $folder ]] || give_up 2 "PostgreSQL was installed, but its initdb and postgres were not found"
    fi
    # PostgreSQL refuses to run as root: there the tests start it as the user `postgres`, which its package creates.
    export WAYBILL_PG_BIN=$folder
    echo "PostgreSQL: $("$folder/postgres" --version) in $folder"
}

# Makes sure of a program; prints its version. $1: the command, $2: the Debian package that has it.
require_program() {
    if ! command -v "$1" > /dev/null; then
        local advice="install $1 (Debian and Ubuntu: apt-get install $2)"
        ((EUID == 0)) || give_up 2 "no $1 command: $advice"
        command -v apt-get > /dev/null || give_up 2 "no $1 command, and no apt-get: $advice"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update || give_up 2 "apt-get update failed: $advice"
        apt-get install -y --no-install-recommends "$2" || give_up 2 "$2 could not be installed: $advice"
    fi
    echo "$1: $("$1" --version)"
}

# The samples in other languages are run by tests.
require_languages() {
    require_program python3 python3
    require_program node nodejs
    local major
    major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
    ((major >= 18)) || give_up 2 "Node.js 18 or newer is needed, this machine has $(node --version)"
}

# --- Tests ---

passed=0 failed=0 skipped=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# Runs one test project and adds what its result file says to the totals.
run_project() {
    local project=$1 name log status=0
    name=$(basename "$project" .csproj)
    log=$results/$name.trx
    echo "== $name"
    dotnet test "$project" --configuration Release --no-build --results-directory "$results" \
        --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
        ${filter[@]+"${filter[@]}"} || status=$?

    local counters="" project_failed=0
    if [[ -s $log ]]; then
        counters=$(grep -o '<Counters [^>]*>' "$log" || true)
        project_failed=$(($(count failed) + $(count error) + $(count timeout) + $(count aborted)))
        passed=$((passed + $(count passed)))
        skipped=$((skipped + $(count total) - $(count executed)))
    fi
    # Tests that are written but not found would otherwise pass unnoticed.
    if ((status == 0 && ${#filter[@]} == 0)) && [[ $(count total) == 0 ]] && has_code "$project"; then
        echo "$name has code, but no test of it ran"
        project_failed=1
    fi
    # A runner that fails without a failed test has crashed: that is a failure of its own.
    if ((status != 0 && project_failed == 0)); then
        echo "$name ended with exit code $status"
        project_failed=1
    fi
    failed=$((failed + project_failed))
}

# One attribute of the result file's <Counters>, which stand in $counters.
count() {
    local value
    value=$(sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<< "$counters")
    echo "${value:-0}"
}

has_code() {
    [[ -n $(find "$(dirname "$1")" -name '*.cs' -not -path '*/bin/*' -not -path '*/obj/*' -print -quit) ]]
}

require_sdk
require_postgres
require_languages

if [[ $check_format == yes ]]; then
    echo "== format"
    dotnet restore Waybill.slnx || give_up 1 "dotnet restore failed"
    dotnet format Waybill.slnx --no-restore --verify-no-changes \
        || give_up 1 "the format differs: run \`dotnet format\`, look at what it changed, and commit it"
fi

echo "== build"
dotnet build Waybill.slnx --configuration Release || give_up 1 "the build failed"

for project in tests/*.Tests/*.csproj; do
    run_project "$project"
done

if ((passed + failed == 0)); then
    give_up 1 "no test ran"
fi

summary="$passed passed, $failed failed"
if ((skipped > 0)); then summary+=", $skipped skipped"; fi
echo
echo "$summary"
((failed == 0))
