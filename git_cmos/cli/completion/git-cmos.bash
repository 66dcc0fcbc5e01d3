# bash completion for git cmos, git-cmos and cmosctl.
#
# git's own completion calls _git_cmos for `git cmos`; bash-completion loads this file by the
# name of the command. It also works when it is sourced from ~/.bashrc. Needs bash 3.2.

# COMPREPLY for the words from number $1 on; the rest of the arguments is the program to ask.
__git_cmos_complete ()
{
	local first=$1 rest=${COMP_LINE:0:COMP_POINT} before=""
	local i count=0 text piece answer meaning quoted
	local -a words
	shift
	words=()
	# readline splits at = and : too; what no blank separates is one word.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		text=${rest#"${rest%%[![:space:]]*}"}
		piece=${COMP_WORDS[i]}
		[ "$i" -lt "$COMP_CWORD" ] || piece=$text
		if [ "$count" -gt 0 ] && [ "$text" = "$rest" ]; then
			before=${words[count - 1]}
			words[count - 1]=$before$piece
		else
			before=""
			words[count]=$piece
			count=$((count + 1))
		fi
		rest=${text#"$piece"}
	done
	[ "$count" -gt "$first" ] || return 0
	case $piece in
	[\'\"]*) quoted=yes ;;
	[=:]*) before=$before$piece; quoted="" ;;
	*) quoted="" ;;
	esac
	COMPREPLY=()
	while IFS=$'\t' read -r answer meaning; do
		case $answer in
		:*) return 0 ;; # readline's own completion of files
		esac
		answer=${answer#"$before"}
		if [ -z "$quoted" ]; then
			printf -v answer '%q ' "$answer"
		fi
		COMPREPLY[${#COMPREPLY[@]}]=$answer
	done < <("$@" __complete "${words[@]:first}" 2>/dev/null)
}

_git_cmos ()
{
	local first=${__git_cmd_idx:-0} i
	for ((i = 1; first == 0 && i <= COMP_CWORD; i++)); do
		[ "${COMP_WORDS[i]}" != cmos ] || first=$i
	done
	__git_cmos_complete "$((first + 1))" __git cmos
}

__git_cmos_program ()
{
	__git_cmos_complete 1 "${1/#\~/$HOME}"
}

complete -o bashdefault -o default -o nospace -F __git_cmos_program git-cmos cmosctl
