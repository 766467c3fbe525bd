/**
 * What the shells load. Each asks `keel complete` with the words of the line, and shows what it answers: a candidate a
 * line, a tab and its meaning; or, first, `:file` or `:folder` where the shell's own completion knows more.
 */

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** Readline breaks words at = and : too, and replaces only what stands behind the last of them. */
const bash = `# keel: completion for bash. Loaded by: source <(keel completion bash)
_keel() {
  local line=\${COMP_LINE:0:COMP_POINT} words cur first candidate
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  cur=\${words[\${#words[@]}-1]}
  COMPREPLY=()
  local answer
  mapfile -t answer < <("\${words[0]}" complete -- "\${words[@]:1}" 2>/dev/null)
  first=\${answer[0]-}
  case $first in
    :file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "\${cur#*=}"); return ;;
    :folder) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "\${cur#*=}"); return ;;
  esac
  local kept=\${cur%"\${cur##*[=:]}"}
  for candidate in "\${answer[@]}"; do
    candidate=\${candidate%%$'\\t'*}
    [[ $candidate == "$cur"* ]] && COMPREPLY+=("\${candidate#"$kept"}")
  done
  [[ \${COMPREPLY[0]-} == */ || \${COMPREPLY[0]-} == *, ]] && compopt -o nospace
}
complete -F _keel keel
`;

const zsh = `#compdef keel
# keel: completion for zsh. Loaded by: source <(keel completion zsh), or as _keel in a folder of $fpath.
_keel() {
  local -a answer candidates
  local line word
  answer=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  case \${answer[1]-} in
    :file) _files; return ;;
    :folder) _files -/; return ;;
  esac
  for line in "\${answer[@]}"; do
    [[ -z $line ]] && continue
    word=\${\${line%%$'\\t'*}//:/\\\\:}
    if [[ $line == *$'\\t'* ]]; then candidates+=("$word:\${line#*$'\\t'}"); else candidates+=("$word"); fi
  done
  _describe -t keel keel candidates
}
if [[ \${funcstack[1]-} == _keel ]]; then _keel "$@"; else compdef _keel keel; fi
`;

const fish = `# keel: completion for fish. Loaded by: keel completion fish | source
function __keel_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l answer ($words[1] complete -- $words[2..-1] 2>/dev/null)
  switch "$answer[1]"
    case :file
      __fish_complete_path (commandline -ct)
    case :folder
      __fish_complete_directories (commandline -ct)
    case '*'
      printf '%s\\n' $answer
  end
end
complete -c keel -f -a '(__keel_complete)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };

export function completionScript(shell: Shell): string {
  return scripts[shell];
}
