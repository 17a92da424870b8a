
use builtin;
use str;

set edit:completion:arg-completer[maestro] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'maestro'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'maestro'= {
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand run 'Run a test on one unit'
            cand validate 'Find every mistake in tests and packages'
            cand plan 'Show the steps of a test, without running anything'
            cand results 'Look at past runs'
            cand recover 'Close what a crash left'
            cand new 'Write a package that runs at once'
            cand runner 'Look at the runners of this station, and check one of your own'
            cand schema 'Print the JSON Schema of something that maestro writes or reads'
            cand completions 'Print a completion script for a shell'
            cand man 'Print the manual page of maestro or of one command'
        }
        &'maestro;run'= {
            cand -s 'Serial number of the unit'
            cand --serial 'Serial number of the unit'
            cand -o 'Who runs it, instead of the name of the account'
            cand --operator 'Who runs it, instead of the name of the account'
            cand --fixture 'Fixture that holds the unit'
            cand --slot 'Slot of the station'
            cand -t 'Tag stored with the run and readable as `exec.tag.KEY`; may be repeated'
            cand --tag 'Tag stored with the run and readable as `exec.tag.KEY`; may be repeated'
            cand --var 'Initial value of a variable; makes it an engineering run; may be repeated'
            cand --mode 'What the run counts as, where it is not for production'
            cand --unattended 'Answer prompts without anybody; `auto`: only where there is no terminal'
            cand --report 'Report to write at the end, such as `junit:out.xml` or `json:-`; may be repeated'
            cand --format 'What goes to standard output'
            cand --wait 'Wait so many seconds for a busy station'
            cand --sync 'Wait so many seconds at the end for stores that are not there yet'
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand --headless 'Write lines, also on a terminal; there is no full screen yet, so this is what happens anyway'
            cand --dry-run 'Check everything that can be checked without starting a step, and stop'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;validate'= {
            cand --format 'How findings are written'
            cand --deny 'Fail on warnings too'
            cand --explain 'Say what a finding means, such as `limit-reversed`, and do nothing else'
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;plan'= {
            cand --format 'What goes to standard output'
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;results'= {
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List past runs, the newest first'
            cand show 'Show one past run as it was shown while it went on'
        }
        &'maestro;results;list'= {
            cand -s 'Only runs of this unit'
            cand --serial 'Only runs of this unit'
            cand --test 'Only runs of the test of this name'
            cand --verdict 'Only runs with this verdict'
            cand --mode 'Only runs that count as this'
            cand --since 'Only runs that started since, such as `7d`, `2026-11-21` or `2026-11-21T08:00`'
            cand -n 'At most so many; 0 for all'
            cand --limit 'At most so many; 0 for all'
            cand --format 'What goes to standard output'
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;results;show'= {
            cand --format 'What goes to standard output; `json` is the report that `maestro schema report` describes'
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;recover'= {
            cand --format 'What goes to standard output'
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;new'= {
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;runner'= {
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the runners that packages can name, and whether each can be started'
            cand check 'Play the conformance cases against a runner, rule by rule'
        }
        &'maestro;runner;list'= {
            cand --format 'What goes to standard output'
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;runner;check'= {
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;schema'= {
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;completions'= {
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'maestro;man'= {
            cand --dir 'Write every page into this folder'
            cand --color 'When to use colour: auto, always or never'
            cand --config 'Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings'
            cand --station 'Station id to use instead of the configured one'
            cand --set 'Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated'
            cand -q 'Say only what must be said'
            cand --quiet 'Say only what must be said'
            cand -v 'Say more: what runners print, where things are stored'
            cand --verbose 'Say more: what runners print, where things are stored'
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}
