
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
            cand validate 'Find every mistake in tests and packages'
            cand new 'Write a package that runs at once'
            cand runner 'Look at the runners of this station, and check one of your own'
            cand schema 'Print the JSON Schema of something that maestro writes or reads'
            cand completions 'Print a completion script for a shell'
            cand man 'Print the manual page of maestro or of one command'
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
