
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
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Write a package that runs at once')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of maestro or of one command')
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
