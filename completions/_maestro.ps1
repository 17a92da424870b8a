
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'maestro' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'maestro'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'maestro' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a test on one unit')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Find every mistake in tests and packages')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Show the steps of a test, without running anything')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Show a recorded run again')
            [CompletionResult]::new('results', 'results', [CompletionResultType]::ParameterValue, 'Look at past runs')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Write a report of one past run')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Read and change the values that tests see as `cfg.KEY`')
            [CompletionResult]::new('recover', 'recover', [CompletionResultType]::ParameterValue, 'Close what a crash left')
            [CompletionResult]::new('sync', 'sync', [CompletionResultType]::ParameterValue, 'Deliver to the stores what they do not have yet')
            [CompletionResult]::new('db', 'db', [CompletionResultType]::ParameterValue, 'Look after the stores')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Write a package that runs at once')
            [CompletionResult]::new('runner', 'runner', [CompletionResultType]::ParameterValue, 'Look at the runners of this station, and check one of your own')
            [CompletionResult]::new('station', 'station', [CompletionResultType]::ParameterValue, 'Look at this station: its settings, and whether everything it needs works')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of something that maestro writes or reads')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of maestro or of one command')
            break
        }
        'maestro;run' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Serial number of the unit')
            [CompletionResult]::new('--serial', '--serial', [CompletionResultType]::ParameterName, 'Serial number of the unit')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Who runs it, instead of the name of the account')
            [CompletionResult]::new('--operator', '--operator', [CompletionResultType]::ParameterName, 'Who runs it, instead of the name of the account')
            [CompletionResult]::new('--fixture', '--fixture', [CompletionResultType]::ParameterName, 'Fixture that holds the unit')
            [CompletionResult]::new('--slot', '--slot', [CompletionResultType]::ParameterName, 'Slot of the station')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Tag stored with the run and readable as `exec.tag.KEY`; may be repeated')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Tag stored with the run and readable as `exec.tag.KEY`; may be repeated')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'Initial value of a variable; makes it an engineering run; may be repeated')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'What the run counts as, where it is not for production')
            [CompletionResult]::new('--grr', '--grr', [CompletionResultType]::ParameterName, 'Measure for a gauge study (crossed, AIAG MSA): 3x10x3 takes 3 operators, 10 units, 3 trials; `maestro stats grr` evaluates it')
            [CompletionResult]::new('--study', '--study', [CompletionResultType]::ParameterName, 'Name of the gauge study; the date, unless given. Runs of that name are gone on with')
            [CompletionResult]::new('--break', '--break', [CompletionResultType]::ParameterName, 'Hold the run before a step, given by its name or its path; may be repeated; then as `--step`')
            [CompletionResult]::new('--unattended', '--unattended', [CompletionResultType]::ParameterName, 'Answer prompts without anybody; `auto`: only where there is no terminal')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Report to write at the end, such as `junit:out.xml` or `json:-`; may be repeated')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Keep every request to a runner and its answer in FILE, for --simulate')
            [CompletionResult]::new('--simulate', '--simulate', [CompletionResultType]::ParameterName, 'Let the recording FILE answer in place of the runners: no hardware and no test code is needed')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'What goes wrong in the simulation: STEP=timeout, =error, =crash or =value:X, or =value:NAME=X for one of several values; may be repeated')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait so many seconds for a busy station')
            [CompletionResult]::new('--sync', '--sync', [CompletionResultType]::ParameterName, 'Wait so many seconds at the end for stores that are not there yet')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('--loop', '--loop', [CompletionResultType]::ParameterName, 'Test one unit after another: ask for the next one after each verdict; on a terminal only. Without a serial number that is what a terminal gets anyway')
            [CompletionResult]::new('--step', '--step', [CompletionResultType]::ParameterName, 'Hold the run before and after each step, until it is told to run the step, run it again, skip it, set a variable or go on; makes it a debug run; on a terminal only')
            [CompletionResult]::new('--headless', '--headless', [CompletionResultType]::ParameterName, 'Write lines instead of the full screen that a terminal gets')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Check everything that can be checked without starting a step, and stop')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;validate' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How findings are written')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'Fail on warnings too')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Say what a finding means, such as `limit-reversed`, and do nothing else')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;plan' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;replay' {
            [CompletionResult]::new('--speed', '--speed', [CompletionResultType]::ParameterName, 'How many times faster than it was')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Store to read; unasked, the shared one where it is configured and can be reached')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('--headless', '--headless', [CompletionResultType]::ParameterName, 'Write lines, also on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;results' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List past runs, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one past run as it was shown while it went on')
            [CompletionResult]::new('annotate', 'annotate', [CompletionResultType]::ParameterValue, 'Declare past runs void, or say what becomes of their units')
            break
        }
        'maestro;results;list' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Store to read; unasked, the shared one where it is configured and can be reached')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'At most so many; 0 for all')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most so many; 0 for all')
            [CompletionResult]::new('--before', '--before', [CompletionResultType]::ParameterName, 'The next page: only runs that come after this one in the list; beginning or end of its id')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only runs of this unit')
            [CompletionResult]::new('--serial', '--serial', [CompletionResultType]::ParameterName, 'Only runs of this unit')
            [CompletionResult]::new('--test', '--test', [CompletionResultType]::ParameterName, 'Only runs of the test of this name')
            [CompletionResult]::new('--verdict', '--verdict', [CompletionResultType]::ParameterName, 'Only runs with this verdict')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Only runs at the station of this id')
            [CompletionResult]::new('--operator', '--operator', [CompletionResultType]::ParameterName, 'Only runs that this operator started')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Only runs with this tag; may be repeated, and then all of them must be there')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only runs with this tag; may be repeated, and then all of them must be there')
            [CompletionResult]::new('--package', '--package', [CompletionResultType]::ParameterName, 'Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`, `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Only runs that started before then; `--since yesterday --until today` is one day')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'Only runs that count as this')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;results;show' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Store to read; unasked, the shared one where it is configured and can be reached')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output; `json` is the report that `maestro schema report` describes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;results;annotate' {
            [CompletionResult]::new('--disposition', '--disposition', [CompletionResultType]::ParameterName, 'What becomes of the unit, such as `rework`, `scrap` or `use as is`')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Who says so; unasked, the account')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('--void', '--void', [CompletionResultType]::ParameterName, 'They count in no statistics')
            [CompletionResult]::new('--valid', '--valid', [CompletionResultType]::ParameterName, 'They were declared void, and count again')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;report' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'File to write; standard output where it is missing or `-`')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'File to write; standard output where it is missing or `-`')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Store to read; unasked, the shared one where it is configured and can be reached')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;config' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show the value of a key')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a key')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Take keys away')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List what is set, with who set it and when')
            [CompletionResult]::new('merged', 'merged', [CompletionResultType]::ParameterValue, 'Show what a run of this station sees, and where each value comes from')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write what is set as YAML, for `maestro config import`')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Set what a YAML file says')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show past changes, the newest first')
            break
        }
        'maestro;config;get' {
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'The value of this scope alone')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store to read, with `--scope`')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;config;set' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read the value from this file, or `-` for standard input')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'What the value is')
            [CompletionResult]::new('--category', '--category', [CompletionResultType]::ParameterName, 'A word that groups keys, such as `instruments`')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'What the value is for')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'For whom the value counts')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store to change instead of the one that counts')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Keep the value as a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;config;unset' {
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'From which scope')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store to change instead of the one that counts')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;config;list' {
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Only this scope; unasked, global and this station')
            [CompletionResult]::new('--category', '--category', [CompletionResultType]::ParameterName, 'Only this category')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store to read instead of the one that counts')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output; `json` is one object a line')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;config;merged' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output; `json` is one object a line')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;config;export' {
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Which scopes')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store to read instead of the one that counts')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;config;import' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store to change instead of the one that counts')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output; `json` is one object a change and line')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and change nothing')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Take away what the file does not have, in the scopes that it has')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;config;history' {
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Only of this scope; unasked, global and this station')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'At most so many; 0 for all')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most so many; 0 for all')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store to read instead of the one that counts')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output; `json` is one object a line')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;recover' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;sync' {
            [CompletionResult]::new('--forget', '--forget', [CompletionResultType]::ParameterName, 'Wait no more for a store that is gone for good: `shared`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up a store that has taken nothing for so long')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output; `json` is one object, with `--watch` one a line')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Go on until a signal, and deliver whatever comes')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Offer every journal that the station still keeps (`retention_days`), also those that were delivered: for a store that was restored from a backup, or configured later than the runs')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;db' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what the stores hold and what they lack')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Bring the schema of a store up to date')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove old runs, or end those whose station was lost')
            [CompletionResult]::new('archive', 'archive', [CompletionResultType]::ParameterValue, 'Move old runs into files')
            break
        }
        'maestro;db;status' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Only this store')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;db;migrate' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Store to change; unasked, the shared one where the station has one')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;db;prune' {
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Runs that ended more than so many days ago')
            [CompletionResult]::new('--before', '--before', [CompletionResultType]::ParameterName, 'Runs that ended before, such as `2025-01-01` (UTC)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Store to change; unasked, the shared one where the station has one')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('--close-stale', '--close-stale', [CompletionResultType]::ParameterName, 'End runs whose station was not heard of for 24 hours')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be done')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;db;archive' {
            [CompletionResult]::new('--before', '--before', [CompletionResultType]::ParameterName, 'Runs that ended before, such as `2025-01-01` (UTC)')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Folder below which the archive gets a folder of its own')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Store to change; unasked, the shared one where the station has one')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be done')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;new' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;runner' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the runners that packages can name, and whether each can be started')
            [CompletionResult]::new('describe', 'describe', [CompletionResultType]::ParameterValue, 'Ask the runners of a test what the functions are that it calls')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Compile a runner whose source comes with maestro')
            [CompletionResult]::new('clean', 'clean', [CompletionResultType]::ParameterValue, 'Remove Python environments that no test has used for a while')
            [CompletionResult]::new('sdk', 'sdk', [CompletionResultType]::ParameterValue, 'Print the folder with the Python module `maestro`, for editors and tests of your own')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Play the conformance cases against a runner, rule by rule')
            [CompletionResult]::new('listen', 'listen', [CompletionResultType]::ParameterValue, 'Let stations on other machines use a runner of this one')
            break
        }
        'maestro;runner;list' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;runner;describe' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;runner;install' {
            [CompletionResult]::new('--runner-type', '--runner-type', [CompletionResultType]::ParameterName, 'The runtime, as `runner_type` names it: net48, mono, net10.0')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;runner;clean' {
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Leave those alone that were used within this many days')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;runner;sdk' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;runner;check' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;runner;listen' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;station' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting of the station, and where each comes from')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check every part of the station, and say how to mend what is wrong')
            break
        }
        'maestro;station;show' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;station;doctor' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What goes to standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;schema' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'maestro;man' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write every page into this folder')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour: auto, always or never')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings')
            [CompletionResult]::new('--station', '--station', [CompletionResultType]::ParameterName, 'Station id to use instead of the configured one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what must be said')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: what runners print, where things are stored')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
