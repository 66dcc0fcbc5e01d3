# fish completion for git cmos, git-cmos and cmosctl: ~/.config/fish/conf.d/git-cmos.fish.

# The line as words to run: program, options of git, cmos, words. Fails where it is not ours.
function __git_cmos_line
    set -l words (commandline -opc)
    if test "$words[1]" != git
        printf '%s\n' $words
        return
    end
    set -l asked git
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case cmos
                printf '%s\n' $asked $words
                return
            case -C --git-dir --work-tree --namespace
                set -a asked $words[1] $words[2]
                set -e words[1]
            case -c
                set -e words[1]
            case '--git-dir=*' '--work-tree=*'
                set -a asked $words[1]
            case '-*'
            case '*'
                return 1
        end
        set -e words[1]
    end
    return 1
end

function __git_cmos_complete
    set -l line (__git_cmos_line)
    or return
    set -l place 1 # the word after which ours begin
    test "$line[1]" = git
    and set place (contains -i -- cmos $line)
    set -l begin (commandline -ct | string unescape)
    set -l program $line[1..$place]
    set -e line[1..$place]
    set -l answers (command $program __complete $line "$begin" 2>/dev/null)
    switch "$answers[1]"
        case ':file*'
            __fish_complete_path (commandline -ct)
        case ':folder*'
            __fish_complete_directories (commandline -ct) ''
        case '*'
            printf '%s\n' $answers
    end
end

complete -c git -f -n 'functions -q __fish_git_needs_command; and __fish_git_needs_command' \
    -a cmos -d 'Work tracking and memory'
complete -c git -f -n '__git_cmos_line >/dev/null' -a '(__git_cmos_complete)'
for program in git-cmos cmosctl
    complete -c $program -f -a '(__git_cmos_complete)'
end
