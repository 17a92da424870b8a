# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_maestro_global_optspecs
    string join \n color= q/quiet v/verbose config= station= set= h/help V/version
end

function __fish_maestro_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_maestro_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_maestro_using_subcommand
    set -l cmd (__fish_maestro_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c maestro -n "__fish_maestro_needs_command" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_needs_command" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_needs_command" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_needs_command" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_needs_command" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_needs_command" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_needs_command" -s h -l help -d 'Print help'
complete -c maestro -n "__fish_maestro_needs_command" -s V -l version -d 'Print version'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "run" -d 'Run a test on one unit'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "validate" -d 'Find every mistake in tests and packages'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "plan" -d 'Show the steps of a test, without running anything'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "replay" -d 'Show a recorded run again'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "results" -d 'Look at past runs'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "stats" -d 'Figures from past runs: yield, what fails, capability, trends'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "limits" -d 'Hold the limits of a file against what was measured'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "report" -d 'Write a report of one past run'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "config" -d 'Read and change the values that tests see as `cfg.KEY`'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "recover" -d 'Close what a crash left'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "sync" -d 'Deliver to the stores what they do not have yet'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "db" -d 'Look after the stores'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "new" -d 'Write a package that runs at once'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "runner" -d 'Look at the runners of this station, and check one of your own'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "station" -d 'Look at this station: its settings, and whether everything it needs works'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "schema" -d 'Print the JSON Schema of something that maestro writes or reads'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c maestro -n "__fish_maestro_needs_command" -f -a "man" -d 'Print the manual page of maestro or of one command'
complete -c maestro -n "__fish_maestro_using_subcommand run" -s s -l serial -d 'Serial number of the unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -s o -l operator -d 'Who runs it, instead of the name of the account' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l fixture -d 'Fixture that holds the unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l slot -d 'Slot of the station' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -s t -l tag -d 'Tag stored with the run and readable as `exec.tag.KEY`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l var -d 'Initial value of a variable; makes it an engineering run; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l mode -d 'What the run counts as, where it is not for production' -r -f -a "production\t'counts in statistics'
engineering\t'somebody tries something'
simulation\t'instruments are simulated'
grr\t'a gauge study'"
complete -c maestro -n "__fish_maestro_using_subcommand run" -l grr -d 'Measure for a gauge study (crossed, AIAG MSA): 3x10x3 takes 3 operators, 10 units, 3 trials; `maestro stats grr` evaluates it' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l study -d 'Name of the gauge study; the date, unless given. Runs of that name are gone on with' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l break -d 'Hold the run before a step, given by its name or its path; may be repeated; then as `--step`' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l unattended -d 'Answer prompts without anybody; `auto`: only where there is no terminal' -r -f -a "always\t'also on a terminal'
auto\t'only where there is no terminal'"
complete -c maestro -n "__fish_maestro_using_subcommand run" -l report -d 'Report to write at the end, such as `html:out.html`, `junit:out.xml` or `json:-`; forms are those of `maestro report`, or the name of a template; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand run" -l record -d 'Keep every request to a runner and its answer in FILE, for --simulate' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand run" -l simulate -d 'Let the recording FILE answer in place of the runners: no hardware and no test code is needed' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand run" -l fault -d 'What goes wrong in the simulation: STEP=timeout, =error, =crash or =value:X, or =value:NAME=X for one of several values; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l wait -d 'Wait so many seconds for a busy station' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l sync -d 'Wait so many seconds at the end for stores that are not there yet' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand run" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand run" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand run" -l loop -d 'Test one unit after another: ask for the next one after each verdict; on a terminal only. Without a serial number that is what a terminal gets anyway'
complete -c maestro -n "__fish_maestro_using_subcommand run" -l step -d 'Hold the run before and after each step, until it is told to run the step, run it again, skip it, set a variable or go on; makes it a debug run; on a terminal only'
complete -c maestro -n "__fish_maestro_using_subcommand run" -l headless -d 'Write lines instead of the full screen that a terminal gets'
complete -c maestro -n "__fish_maestro_using_subcommand run" -l dry-run -d 'Check everything that can be checked without starting a step, and stop'
complete -c maestro -n "__fish_maestro_using_subcommand run" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand run" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand validate" -l format -d 'How findings are written' -r -f -a "human\t'the lines, with each place underlined'
json\t'one JSON document, for scripts and editors'
sarif\t'SARIF 2.1.0, for code scanning services'
github\t'workflow commands that GitHub shows beside the lines'"
complete -c maestro -n "__fish_maestro_using_subcommand validate" -l deny -d 'Fail on warnings too' -r -f -a "warnings\t'findings that do not stop a run'"
complete -c maestro -n "__fish_maestro_using_subcommand validate" -l explain -d 'Say what a finding means, such as `limit-reversed`, and do nothing else' -r
complete -c maestro -n "__fish_maestro_using_subcommand validate" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand validate" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand validate" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand validate" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand validate" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand validate" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand plan" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand plan" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand plan" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand plan" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand plan" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand plan" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand plan" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand replay" -l speed -d 'How many times faster than it was' -r
complete -c maestro -n "__fish_maestro_using_subcommand replay" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand replay" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand replay" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand replay" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand replay" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand replay" -l headless -d 'Write lines, also on a terminal'
complete -c maestro -n "__fish_maestro_using_subcommand replay" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand replay" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -f -a "list" -d 'List past runs, the newest first'
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -f -a "show" -d 'Show one past run as it was shown while it went on'
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -f -a "export" -d 'Write past results for pandas, DuckDB and spreadsheets'
complete -c maestro -n "__fish_maestro_using_subcommand results; and not __fish_seen_subcommand_from list show export annotate" -f -a "annotate" -d 'Declare past runs void, or say what becomes of their units'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -s n -l limit -d 'At most so many; 0 for all' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l before -d 'The next page: only runs that come after this one in the list; beginning or end of its id' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from show" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from show" -l format -d 'What goes to standard output; `json` is the report that `maestro schema report` describes' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from show" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from show" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from show" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from show" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l what -d 'What a row is of' -r -f -a "runs\t''
steps\t''
measurements\t''"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l format -d 'How rows are written; unasked, as the ending of FILE says, else as CSV' -r -f -a "csv\t'a line of names, then one line a row'
json\t'one object a line'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -s o -l output -d 'File to write, whole or not at all; unasked, standard output' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l exact -d 'CSV: leave texts as they are that a spreadsheet would take for formulas (`=…`, `@…`, `+…`, `-…`); unasked, an apostrophe goes before them'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -l bom -d 'CSV: begin with the mark (BOM) by which Excel knows UTF-8'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -l disposition -d 'What becomes of the unit, such as `rework`, `scrap` or `use as is`' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -l reason -d 'Why' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -l by -d 'Who says so; unasked, the account' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -l void -d 'They count in no statistics'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -l valid -d 'They were declared void, and count again'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand results; and __fish_seen_subcommand_from annotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -f -a "yield" -d 'Yield and first-pass yield'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -f -a "pareto" -d 'What fails most: steps and measurements, with their share of all failures'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -f -a "capability" -d 'Capability of one measurement: Cp, Cpk, Pp, Ppk, and the histogram between its limits'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -f -a "trend" -d 'One measurement over time, and its control chart'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -f -a "times" -d 'Where the time goes: how long each step takes, the most expensive first'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -f -a "unit" -d 'All of a unit\'s life: its runs, what failed, what was said of it, the course of each measurement'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and not __fish_seen_subcommand_from yield pareto capability trend times unit grr" -f -a "grr" -d 'Gauge R&R: how much of the spread is the gauge, the operators and the parts'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l by -d 'One row for each of these' -r -f -a "test\t''
station\t''
operator\t''
hour\t'hour in which a run started'
day\t''
week\t'week of ISO 8601, from Monday'
month\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l include -d 'Count these too; several with commas' -r -f -a "unattended\t'runs in which a question was answered because nobody was there'
voided\t'runs that somebody declared void'
mock\t'values of steps that a package replaces'
simulated\t'values of simulated instruments'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l format -d 'What goes to standard output' -r -f -a "human\t'tables and drawings for people'
json\t'one document with a version of its schema'
csv\t'one table with a heading'
html\t'one page for a browser that needs nothing else'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from yield" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l by -d 'A list for each of these' -r -f -a "test\t''
station\t''
operator\t''
hour\t'hour in which a run started'
day\t''
week\t'week of ISO 8601, from Monday'
month\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l top -d 'So many of each list; 0 for all' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l include -d 'Count these too; several with commas' -r -f -a "unattended\t'runs in which a question was answered because nobody was there'
voided\t'runs that somebody declared void'
mock\t'values of steps that a package replaces'
simulated\t'values of simulated instruments'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l format -d 'What goes to standard output' -r -f -a "human\t'tables and drawings for people'
json\t'one document with a version of its schema'
csv\t'one table with a heading'
html\t'one page for a browser that needs nothing else'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from pareto" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l step -d 'Values of this step only, by its name or its path' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l by -d 'One row more for each of these' -r -f -a "test\t''
station\t''
operator\t''
hour\t'hour in which a run started'
day\t''
week\t'week of ISO 8601, from Monday'
month\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l include -d 'Count these too; several with commas' -r -f -a "unattended\t'runs in which a question was answered because nobody was there'
voided\t'runs that somebody declared void'
mock\t'values of steps that a package replaces'
simulated\t'values of simulated instruments'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l format -d 'What goes to standard output' -r -f -a "human\t'tables and drawings for people'
json\t'one document with a version of its schema'
csv\t'one table with a heading'
html\t'one page for a browser that needs nothing else'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from capability" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l step -d 'Values of this step only, by its name or its path' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l by -d 'Length of a period' -r -f -a "hour\t''
day\t''
week\t'week of ISO 8601, from Monday'
month\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l last -d 'So many of the newest points in the control chart; 0 for all' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l subgroup -d 'Draw means of so many values in a row, and their ranges, from 10 on their standard deviations' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l include -d 'Count these too; several with commas' -r -f -a "unattended\t'runs in which a question was answered because nobody was there'
voided\t'runs that somebody declared void'
mock\t'values of steps that a package replaces'
simulated\t'values of simulated instruments'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l format -d 'What goes to standard output' -r -f -a "human\t'tables and drawings for people'
json\t'one document with a version of its schema'
csv\t'one table with a heading'
html\t'one page for a browser that needs nothing else'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from trend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l runs -d 'So many of the newest runs that are selected' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l top -d 'So many steps; 0 for all' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l include -d 'Count these too; several with commas' -r -f -a "unattended\t'runs in which a question was answered because nobody was there'
voided\t'runs that somebody declared void'
mock\t'values of steps that a package replaces'
simulated\t'values of simulated instruments'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l format -d 'What goes to standard output' -r -f -a "human\t'tables and drawings for people'
json\t'one document with a version of its schema'
csv\t'one table with a heading'
html\t'one page for a browser that needs nothing else'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from times" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l include -d 'Count these too; several with commas' -r -f -a "unattended\t'runs in which a question was answered because nobody was there'
voided\t'runs that somebody declared void'
mock\t'values of steps that a package replaces'
simulated\t'values of simulated instruments'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l format -d 'What goes to standard output' -r -f -a "human\t'tables and drawings for people'
json\t'one document with a version of its schema'
csv\t'one table with a heading'
html\t'one page for a browser that needs nothing else'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from unit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l step -d 'Values of this step only, by its name or its path' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l study -d 'Name of the study; unasked, that of the newest run' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l include -d 'Count these too; several with commas' -r -f -a "unattended\t'runs in which a question was answered because nobody was there'
voided\t'runs that somebody declared void'
mock\t'values of steps that a package replaces'
simulated\t'values of simulated instruments'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l format -d 'What goes to standard output' -r -f -a "human\t'tables and drawings for people'
json\t'one document with a version of its schema'
csv\t'one table with a heading'
html\t'one page for a browser that needs nothing else'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand stats; and __fish_seen_subcommand_from grr" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and not __fish_seen_subcommand_from try suggest" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and not __fish_seen_subcommand_from try suggest" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand limits; and not __fish_seen_subcommand_from try suggest" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and not __fish_seen_subcommand_from try suggest" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and not __fish_seen_subcommand_from try suggest" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and not __fish_seen_subcommand_from try suggest" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and not __fish_seen_subcommand_from try suggest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and not __fish_seen_subcommand_from try suggest" -f -a "try" -d 'Judge past measurements by the limits of a changed file'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and not __fish_seen_subcommand_from try suggest" -f -a "suggest" -d 'Propose limits from what was measured'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l top -d 'So many of the units; 0 for all' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l include -d 'Count these too; several with commas' -r -f -a "unattended\t'runs in which a question was answered because nobody was there'
voided\t'runs that somebody declared void'
mock\t'values of steps that a package replaces'
simulated\t'values of simulated instruments'"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l format -d 'What goes to standard output' -r -f -a "human\t'tables and drawings for people'
json\t'one document with a version of its schema'
csv\t'one table with a heading'
html\t'one page for a browser that needs nothing else'"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from try" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l ppk -d 'The overall performance that the limits shall have' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -s s -l serial -d 'Only runs of this unit' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l test -d 'Only runs of the test of this name' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l verdict -d 'Only runs with this verdict' -r -f -a "pass\t''
fail\t''
error\t''
aborted\t''
undetermined\t''"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l station -d 'Only runs at the station of this id' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l operator -d 'Only runs that this operator started' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -s t -l tag -d 'Only runs with this tag; may be repeated, and then all of them must be there' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l package -d 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l since -d 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l until -d 'Only runs that started before then; `--since yesterday --until today` is one day' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l mode -d 'Only runs that count as this' -r -f -a "all\t''
production\t''
engineering\t''
debug\t''
simulation\t''
grr\t''"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l include -d 'Count these too; several with commas' -r -f -a "unattended\t'runs in which a question was answered because nobody was there'
voided\t'runs that somebody declared void'
mock\t'values of steps that a package replaces'
simulated\t'values of simulated instruments'"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l format -d 'What goes to standard output' -r -f -a "human\t'tables and drawings for people'
json\t'one document with a version of its schema'
csv\t'one table with a heading'
html\t'one page for a browser that needs nothing else'"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -l write -d 'Write the proposals into the file, in place of the numbers there'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand limits; and __fish_seen_subcommand_from suggest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand report" -l format -d 'Form of the report: html, pdf (the same, printed), json (as `maestro schema report` describes), junit, csv (a row per measurement), markdown, or atml (IEEE 1636.1); unasked as the ending of the file says, html without one' -r -f -a "html\t''
pdf\t''
json\t''
junit\t''
csv\t''
markdown\t''
atml\t''"
complete -c maestro -n "__fish_maestro_using_subcommand report" -l template -d 'Template to lay the report out with: a file, or the name of one in the folder `reports` of the package or beside the station file; maestro-package(5) tells how it is written' -r
complete -c maestro -n "__fish_maestro_using_subcommand report" -s o -l output -d 'File to write; standard output where it is missing or `-`' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand report" -l store -d 'Store to read; unasked, the shared one where it is configured and can be reached' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand report" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand report" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand report" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand report" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand report" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand report" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -f -a "get" -d 'Show the value of a key'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -f -a "set" -d 'Set a key'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -f -a "unset" -d 'Take keys away'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -f -a "list" -d 'List what is set, with who set it and when'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -f -a "merged" -d 'Show what a run of this station sees, and where each value comes from'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -f -a "export" -d 'Write what is set as YAML, for `maestro config import`'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -f -a "import" -d 'Set what a YAML file says'
complete -c maestro -n "__fish_maestro_using_subcommand config; and not __fish_seen_subcommand_from get set unset list merged export import history" -f -a "history" -d 'Show past changes, the newest first'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -l scope -d 'The value of this scope alone' -r -f -a "global\t'all stations'
station\t'this station, or the one of `--station`'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -l store -d 'The store to read, with `--scope`' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l from -d 'Read the value from this file, or `-` for standard input' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l type -d 'What the value is' -r -f -a "auto\t'what it reads as'
text\t'a text, whatever is in it'
number\t'a number'
boolean\t'true or false'
json\t'a JSON document'
yaml\t'a YAML document'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l category -d 'A word that groups keys, such as `instruments`' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l description -d 'What the value is for' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l scope -d 'For whom the value counts' -r -f -a "global\t'all stations'
station\t'this station, or the one of `--station`'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l store -d 'The store to change instead of the one that counts' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -l secret -d 'Keep the value as a secret'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from unset" -l scope -d 'From which scope' -r -f -a "global\t'all stations'
station\t'this station, or the one of `--station`'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from unset" -l store -d 'The store to change instead of the one that counts' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from unset" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from unset" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from unset" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from unset" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from unset" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -l scope -d 'Only this scope; unasked, global and this station' -r -f -a "global\t'what counts for all stations'
station\t'this station, or the one of `--station`'
all\t'global and every station'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -l category -d 'Only this category' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -l store -d 'The store to read instead of the one that counts' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -l format -d 'What goes to standard output; `json` is one object a line' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from merged" -l format -d 'What goes to standard output; `json` is one object a line' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from merged" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from merged" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from merged" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from merged" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from merged" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from merged" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from merged" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from export" -l scope -d 'Which scopes' -r -f -a "global\t'what counts for all stations'
station\t'this station, or the one of `--station`'
all\t'global and every station'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from export" -l store -d 'The store to read instead of the one that counts' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from export" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from export" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from export" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from export" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -l store -d 'The store to change instead of the one that counts' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -l format -d 'What goes to standard output; `json` is one object a change and line' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -l dry-run -d 'Show what would change, and change nothing'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -l prune -d 'Take away what the file does not have, in the scopes that it has'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -l scope -d 'Only of this scope; unasked, global and this station' -r -f -a "global\t'what counts for all stations'
station\t'this station, or the one of `--station`'
all\t'global and every station'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -s n -l limit -d 'At most so many; 0 for all' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -l store -d 'The store to read instead of the one that counts' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -l format -d 'What goes to standard output; `json` is one object a line' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand config; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand recover" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand recover" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand recover" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand recover" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand recover" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand recover" -l acknowledge -d 'Say that the units of this station that may be live are safe: those that were told before, none that is found only now'
complete -c maestro -n "__fish_maestro_using_subcommand recover" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand recover" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand recover" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand sync" -l forget -d 'Wait no more for a store that is gone for good: `shared`' -r
complete -c maestro -n "__fish_maestro_using_subcommand sync" -l timeout -d 'Give up a store that has taken nothing for so long' -r
complete -c maestro -n "__fish_maestro_using_subcommand sync" -l format -d 'What goes to standard output; `json` is one object, with `--watch` one a line' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand sync" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand sync" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand sync" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand sync" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand sync" -l watch -d 'Go on until a signal, and deliver whatever comes'
complete -c maestro -n "__fish_maestro_using_subcommand sync" -l all -d 'Offer every journal that the station still keeps (`retention_days`), also those that were delivered: for a store that was restored from a backup, or configured later than the runs'
complete -c maestro -n "__fish_maestro_using_subcommand sync" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand sync" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -f -a "status" -d 'Show what the stores hold and what they lack'
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -f -a "migrate" -d 'Bring the schema of a store up to date'
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -f -a "prune" -d 'Remove old runs, or end those whose station was lost'
complete -c maestro -n "__fish_maestro_using_subcommand db; and not __fish_seen_subcommand_from status migrate prune archive" -f -a "archive" -d 'Move old runs into files'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from status" -l store -d 'Only this store' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from status" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from status" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from status" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from status" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from status" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from migrate" -l store -d 'Store to change; unasked, the shared one where the station has one' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from migrate" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from migrate" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from migrate" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from migrate" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from migrate" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from migrate" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from migrate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l older-than -d 'Runs that ended more than so many days ago' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l before -d 'Runs that ended before, such as `2025-01-01` (UTC)' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l store -d 'Store to change; unasked, the shared one where the station has one' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l close-stale -d 'End runs whose station was not heard of for 24 hours'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -l dry-run -d 'Only say what would be done'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -l before -d 'Runs that ended before, such as `2025-01-01` (UTC)' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -l to -d 'Folder below which the archive gets a folder of its own' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -l store -d 'Store to change; unasked, the shared one where the station has one' -r -f -a "local\t'the embedded store on this computer'
shared\t'PostgreSQL'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -l dry-run -d 'Only say what would be done'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand db; and __fish_seen_subcommand_from archive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand new" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand new" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand new" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand new" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand new" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand new" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -f -a "list" -d 'List the runners that packages can name, and whether each can be started'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -f -a "describe" -d 'Ask the runners of a test what the functions are that it calls'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -f -a "install" -d 'Compile a runner whose source comes with maestro'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -f -a "clean" -d 'Remove Python environments that no test has used for a while'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -f -a "sdk" -d 'Print the folder with the Python module `maestro`, for editors and tests of your own'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -f -a "check" -d 'Play the conformance cases against a runner, rule by rule'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and not __fish_seen_subcommand_from list describe install clean sdk check listen" -f -a "listen" -d 'Let stations on other machines use a runner of this one'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from list" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from list" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from list" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from list" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from describe" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from describe" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from describe" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from describe" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from describe" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from describe" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from describe" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from install" -l runner-type -d 'The runtime, as `runner_type` names it: net48, mono, net10.0' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from install" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from install" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from install" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from install" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from install" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from install" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from clean" -l older-than -d 'Leave those alone that were used within this many days' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from clean" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from clean" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from clean" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from clean" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from clean" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from clean" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from clean" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from sdk" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from sdk" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from sdk" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from sdk" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from sdk" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from sdk" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from sdk" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from check" -l only -d 'Play this rule only, as the first column of the list names it; may be given again' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from check" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from check" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from check" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from check" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from listen" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from listen" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from listen" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from listen" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from listen" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from listen" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand runner; and __fish_seen_subcommand_from listen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand station; and not __fish_seen_subcommand_from show doctor" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand station; and not __fish_seen_subcommand_from show doctor" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand station; and not __fish_seen_subcommand_from show doctor" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand station; and not __fish_seen_subcommand_from show doctor" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand station; and not __fish_seen_subcommand_from show doctor" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand station; and not __fish_seen_subcommand_from show doctor" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand station; and not __fish_seen_subcommand_from show doctor" -s h -l help -d 'Print help'
complete -c maestro -n "__fish_maestro_using_subcommand station; and not __fish_seen_subcommand_from show doctor" -f -a "show" -d 'Show every setting of the station, and where each comes from'
complete -c maestro -n "__fish_maestro_using_subcommand station; and not __fish_seen_subcommand_from show doctor" -f -a "doctor" -d 'Check every part of the station, and say how to mend what is wrong'
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from show" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from show" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from show" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from show" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from show" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from doctor" -l format -d 'What goes to standard output' -r -f -a "human\t'lines for people'
json\t'JSON for programs'"
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from doctor" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from doctor" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from doctor" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from doctor" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from doctor" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from doctor" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand station; and __fish_seen_subcommand_from doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand schema" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand schema" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand schema" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand schema" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand schema" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand schema" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand completions" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand completions" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand completions" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand completions" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand completions" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand completions" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c maestro -n "__fish_maestro_using_subcommand man" -l dir -d 'Write every page into this folder' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand man" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'on a terminal only'
always\t'also into files and pipes'
never\t'not at all'"
complete -c maestro -n "__fish_maestro_using_subcommand man" -l config -d 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings' -r -F
complete -c maestro -n "__fish_maestro_using_subcommand man" -l station -d 'Station id to use instead of the configured one' -r
complete -c maestro -n "__fish_maestro_using_subcommand man" -l set -d 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated' -r
complete -c maestro -n "__fish_maestro_using_subcommand man" -s q -l quiet -d 'Say only what must be said'
complete -c maestro -n "__fish_maestro_using_subcommand man" -s v -l verbose -d 'Say more: what runners print, where things are stored'
complete -c maestro -n "__fish_maestro_using_subcommand man" -s h -l help -d 'Print help'
