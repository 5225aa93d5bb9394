# Completion of npk for bash.
_npk_entries() {  # entries of the package named on the line
  local word
  for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
    if [[ $word == *.npk && -f $word ]]; then
      local IFS=$'\n'
      mapfile -t COMPREPLY < <(compgen -W "$(npk list "$word" 2>/dev/null)" -- "$cur")
      return
    fi
  done
}

_npk_options() {
  case $1 in
    pack) echo "--name --package-version --application --vendor --comment --tag --fast --max -C --directory --files-from --exclude --include --stdin-name --level --codec --filters --no-filters --chain --block-size --chunk-size --volume-size --dedup --order --accel --threads --memory --reproducible --resume -i --identity --message -r --recipient -R --recipients-file -p --passphrase --passphrase-fd --cipher --pad --recovery --json -q --quiet -v --verbose --profile --help" ;;
    append) echo "--name --package-version --application --vendor --comment --tag --fast --max -C --directory --files-from --exclude --include --stdin-name --level --codec --filters --no-filters --chain --block-size --chunk-size --dedup --order --accel --threads --memory --message --checksum --ignore-ctime --ignore-inode --keep-missing --append-to-signed --resume --recovery --json -q --quiet -i --identity -p --passphrase --passphrase-fd --profile --help" ;;
    diff) echo "--json -i --identity -p --passphrase --passphrase-fd --help" ;;
    remove | rename | revert) echo "--message --append-to-signed --json -q --quiet -i --identity -p --passphrase --passphrase-fd --help" ;;
    tag) echo "--set --unset --inherited --name --package-version --application --vendor --message --append-to-signed --json -q --quiet -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --help" ;;
    comment) echo "--set --file --unset --message --append-to-signed --json -q --quiet -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --help" ;;
    recompress) echo "--fast --max --codec --level --filters --no-filters --chain --block-size -n --dry-run -o --output --threads --pad --json -q --quiet -i --identity -p --passphrase --passphrase-fd --help" ;;
    compact) echo "--keep-last --keep-daily --keep-weekly --keep-monthly --keep-yearly --keep-within --keep-generation -n --dry-run -o --output --threads --pad --json -q --quiet -i --identity -p --passphrase --passphrase-fd --help" ;;
    purge) echo "--rewrite-signed -n --dry-run -o --output --threads --pad --json -q --quiet -i --identity -p --passphrase --passphrase-fd --help" ;;
    log) echo "--json -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --help" ;;
    list) echo "--tag -l --long --json -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --help" ;;
    extract) echo "--tag -C --directory --strip-components --overwrite --keep --resume --checksum --threads --memory -q --quiet -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --profile --help" ;;
    cat) echo "--offset --length -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --help" ;;
    seek) echo "-v --verbose -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --help" ;;
    info) echo "--blocks --json --statement --minisig -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --help" ;;
    report) echo "-o --output --profile -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --help" ;;
    verify) echo "--quick --part --threads --accel --json -q --quiet -v --verbose -i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --profile --help" ;;
    protect) echo "--recovery --json -q --quiet --help" ;;
    repair) echo "-o --output --keep-damaged --json -q --quiet --help" ;;
    sign) echo "-s --secret-key --key-passphrase-fd --comment --detached -o --output -i --identity -p --passphrase --passphrase-fd --help" ;;
    accel) echo "--list --backend --batch --json --help" ;;
    hash) echo "-i --identity -p --passphrase --passphrase-fd --at --spool --signer --expect-commit --help" ;;
    key) echo "--json -r --recipient -R --recipients-file --new-passphrase --new-passphrase-fd --envelope -o --output --replace -q --quiet -i --identity -p --passphrase --passphrase-fd --help" ;;
    recover) echo "-o --output --partial --newest --fast --max --threads --json -q --quiet -i --identity -p --passphrase --passphrase-fd -r --recipient -R --recipients-file --new-passphrase --new-passphrase-fd --help" ;;
    gen) echo "--size --files --seed --dedup --compress --block-size --chunk --part-size --in-flight --threads --compression --level --checksum --direct --verify --package --sizes --spread --depth --directories --fan-out --name-length --generation --edit --changed --added --removed --renamed --changed-bytes --places --json -q --quiet --help" ;;
    rekey) echo "-r --recipient -R --recipients-file --new-passphrase --new-passphrase-fd --cipher --pad -o --output -q --quiet -i --identity -p --passphrase --passphrase-fd --help" ;;
  esac
}

_npk() {
  local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "pack list extract cat seek info report verify protect repair sign hash accel key recover rekey append remove rename revert log diff tag comment compact recompress purge gen --help --version" -- "$cur")
    return
  fi
  case $previous in
    -C | --directory) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --codec) mapfile -t COMPREPLY < <(compgen -W "store zstd lz4 lzma2" -- "$cur"); return ;;
    --cipher) mapfile -t COMPREPLY < <(compgen -W "xchacha20-poly1305 aes-256-gcm" -- "$cur"); return ;;
    -i | --identity | -R | --recipients-file | -s | --secret-key | --signer) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --order) mapfile -t COMPREPLY < <(compgen -W "path kind similar" -- "$cur"); return ;;
    --compression) mapfile -t COMPREPLY < <(compgen -W "none zstd gzip" -- "$cur"); return ;;
    --sizes) mapfile -t COMPREPLY < <(compgen -W "fixed log-normal zipf" -- "$cur"); return ;;
    --dedup) [ "$verb" = gen ] || mapfile -t COMPREPLY < <(compgen -W "none files chunks" -- "$cur"); return ;;
  esac
  case $cur in
    -*) mapfile -t COMPREPLY < <(compgen -W "$(_npk_options "$verb")" -- "$cur"); return ;;
  esac
  if [ "$verb" = key ] && [ "$COMP_CWORD" = 2 ]; then
    mapfile -t COMPREPLY < <(compgen -W "list add remove export import" -- "$cur")
    return
  fi
  case $verb in
    list | extract | cat | seek | hash | remove | rename | purge) _npk_entries; [ ${#COMPREPLY[@]} = 0 ] || return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -o filenames -F _npk npk
