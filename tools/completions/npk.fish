# Completion of npk for fish.
function __npk_entries
    for word in (commandline -opc)
        if string match -q '*.npk' -- $word; and test -f $word
            npk list $word 2>/dev/null
            return
        end
    end
end

set -l verbs pack list extract cat seek info report verify protect repair sign hash accel key recover rekey append remove rename revert log diff tag comment compact recompress purge gen
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a pack -d 'make a package of files and directories'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a list -d 'list what is in a package'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a extract -d 'get files and directories back'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a cat -d 'write the content of a file'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a seek -d 'read bytes at any place of a file'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a info -d 'totals, ratio, and what takes the room'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a report -d 'a page for a browser'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a verify -d 'check everything'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a protect -d 'add parity'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a repair -d 'mend a damaged package'
complete -c npk -n '__fish_seen_subcommand_from pack append protect' -l recovery -x -d 'percent'
complete -c npk -n '__fish_seen_subcommand_from repair' -s o -l output -r
complete -c npk -n '__fish_seen_subcommand_from repair' -l keep-damaged
complete -c npk -n '__fish_seen_subcommand_from protect repair' -l json
complete -c npk -n '__fish_seen_subcommand_from protect repair' -s q -l quiet
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a sign -d 'add a signature'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a accel -d 'devices for heavy work, and how fast each is'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a hash -d 'print digests as b3sum does'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a key -d 'say who may open a sealed package'
complete -c npk -n '__fish_seen_subcommand_from key; and not __fish_seen_subcommand_from list add remove export import' -f -a 'list add remove export import'
complete -c npk -n '__fish_seen_subcommand_from key' -l new-passphrase
for option in new-passphrase-fd envelope replace
    complete -c npk -n '__fish_seen_subcommand_from key' -l $option -x
end
complete -c npk -n '__fish_seen_subcommand_from key' -s o -l output -r
complete -c npk -n '__fish_seen_subcommand_from list extract cat seek hash; and not __fish_seen_subcommand_from key' -a '(__npk_entries)'
complete -c npk -n '__fish_seen_subcommand_from pack extract' -s C -l directory -xa '(__fish_complete_directories)'
complete -c npk -n '__fish_seen_subcommand_from pack extract verify' -l threads -x
complete -c npk -n '__fish_seen_subcommand_from pack extract' -l memory -x
complete -c npk -n '__fish_seen_subcommand_from pack extract verify key' -s q -l quiet
complete -c npk -n '__fish_seen_subcommand_from pack seek' -s v -l verbose
complete -c npk -n '__fish_seen_subcommand_from pack list info verify' -l json
complete -c npk -n '__fish_seen_subcommand_from pack' -l fast
complete -c npk -n '__fish_seen_subcommand_from pack' -l max
complete -c npk -n '__fish_seen_subcommand_from pack' -l codec -xa 'store zstd lz4 lzma2'
complete -c npk -n '__fish_seen_subcommand_from pack' -l chain -x -d 'filters and codec'
complete -c npk -n '__fish_seen_subcommand_from pack append recompress' -l filters -d 'take apart what a trial says'
complete -c npk -n '__fish_seen_subcommand_from pack append recompress' -l no-filters -d 'take nothing apart'
complete -c npk -n '__fish_seen_subcommand_from pack' -l dedup -xa 'none files chunks'
complete -c npk -n '__fish_seen_subcommand_from pack' -l order -xa 'path kind similar'
complete -c npk -n '__fish_seen_subcommand_from pack' -l reproducible
complete -c npk -n '__fish_seen_subcommand_from pack append extract' -l resume -d 'go on where a run was stopped'
complete -c npk -n '__fish_seen_subcommand_from pack' -s i -l identity -r
complete -c npk -n '__fish_seen_subcommand_from pack' -l files-from -r
for option in exclude include stdin-name level block-size chunk-size volume-size message
    complete -c npk -n '__fish_seen_subcommand_from pack' -l $option -x
end
complete -c npk -n '__fish_seen_subcommand_from pack key' -s r -l recipient -x
complete -c npk -n '__fish_seen_subcommand_from pack key' -s R -l recipients-file -r
complete -c npk -n '__fish_seen_subcommand_from pack' -l cipher -xa 'xchacha20-poly1305 aes-256-gcm'
complete -c npk -n '__fish_seen_subcommand_from list extract cat seek info report verify hash key rekey' -s i -l identity -r
complete -c npk -n '__fish_seen_subcommand_from sign' -s i -l identity -r
complete -c npk -n '__fish_seen_subcommand_from list extract cat seek info report verify hash' -l signer -r
complete -c npk -n '__fish_seen_subcommand_from list extract cat seek info report verify hash' -l expect-commit -x
complete -c npk -n '__fish_seen_subcommand_from pack append extract verify report' -l profile -r -d 'where the time went'
complete -c npk -n '__fish_seen_subcommand_from report' -s o -l output -r
complete -c npk -n '__fish_seen_subcommand_from info' -l statement
complete -c npk -n '__fish_seen_subcommand_from info' -l minisig
complete -c npk -n '__fish_seen_subcommand_from sign' -s s -l secret-key -r
complete -c npk -n '__fish_seen_subcommand_from sign' -l key-passphrase-fd -x
complete -c npk -n '__fish_seen_subcommand_from sign' -l comment -x
complete -c npk -n '__fish_seen_subcommand_from sign' -l detached
complete -c npk -n '__fish_seen_subcommand_from sign' -s o -l output -r
complete -c npk -n '__fish_seen_subcommand_from pack rekey' -l pad -d 'hides sizes'
complete -c npk -n "__fish_seen_subcommand_from $verbs" -s p -l passphrase
complete -c npk -n "__fish_seen_subcommand_from $verbs" -l passphrase-fd -x
complete -c npk -n '__fish_seen_subcommand_from list' -s l -l long
complete -c npk -n '__fish_seen_subcommand_from extract' -l strip-components -x
complete -c npk -n '__fish_seen_subcommand_from extract' -l overwrite
complete -c npk -n '__fish_seen_subcommand_from extract' -l keep
complete -c npk -n '__fish_seen_subcommand_from cat' -l offset -x
complete -c npk -n '__fish_seen_subcommand_from cat' -l length -x
complete -c npk -n '__fish_seen_subcommand_from verify' -l quick
complete -c npk -n '__fish_seen_subcommand_from verify' -l part -x
complete -c npk -n '__fish_seen_subcommand_from verify' -s v -l verbose
complete -c npk -n '__fish_seen_subcommand_from pack append verify' -l accel -x -a 'off auto opencl cuda' -d 'where chunks are hashed'
complete -c npk -n '__fish_seen_subcommand_from accel' -l list
complete -c npk -n '__fish_seen_subcommand_from accel' -l backend -x -a 'cpu opencl cuda'
complete -c npk -n '__fish_seen_subcommand_from accel' -l batch -x
complete -c npk -n '__fish_seen_subcommand_from accel' -l json
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a append -d 'add, or bring up to date'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a remove -d 'take entries out'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a rename -d 'give entries other paths'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a log -d 'list generations'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a diff -d 'what is different'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a revert -d 'an older generation again'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a tag -d 'tags of entries and of the package'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a comment -d 'comments'
complete -c npk -n '__fish_seen_subcommand_from tag comment' -l set -x
complete -c npk -n '__fish_seen_subcommand_from tag' -l unset -x
complete -c npk -n '__fish_seen_subcommand_from comment' -l unset
complete -c npk -n '__fish_seen_subcommand_from comment' -l file -r
complete -c npk -n '__fish_seen_subcommand_from tag' -l inherited -d 'those that hold'
complete -c npk -n '__fish_seen_subcommand_from pack append list extract' -l tag -x
complete -c npk -n '__fish_seen_subcommand_from pack append tag' -l name -x
complete -c npk -n '__fish_seen_subcommand_from pack append tag' -l package-version -x
complete -c npk -n '__fish_seen_subcommand_from pack append tag' -l application -x
complete -c npk -n '__fish_seen_subcommand_from pack append tag' -l vendor -x
complete -c npk -n '__fish_seen_subcommand_from pack append' -l comment -x
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a rekey -d 'seal anew'
complete -c npk -n '__fish_seen_subcommand_from list extract cat seek info report verify hash log tag comment' -l at -x -d 'generation'
complete -c npk -n '__fish_seen_subcommand_from append' -l checksum -d 'read all files'
complete -c npk -n '__fish_seen_subcommand_from extract' -l checksum -d 'with --resume, read what is finished'
complete -c npk -n '__fish_seen_subcommand_from append' -l ignore-ctime -d 'another ctime is no change'
complete -c npk -n '__fish_seen_subcommand_from append' -l ignore-inode -d 'another inode number is no change'
complete -c npk -n '__fish_seen_subcommand_from append' -l keep-missing
complete -c npk -n '__fish_seen_subcommand_from append remove rename revert tag comment' -l append-to-signed
complete -c npk -n '__fish_seen_subcommand_from append remove rename revert tag comment' -l message -x
complete -c npk -n '__fish_seen_subcommand_from append remove rename revert tag comment log diff' -l json
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a recover -d 'save what can be had of a damaged package'
complete -c npk -n '__fish_seen_subcommand_from recover' -s o -l output -r
complete -c npk -n '__fish_seen_subcommand_from recover' -l partial -d 'keep damaged files in part'
complete -c npk -n '__fish_seen_subcommand_from recover' -l newest -d 'of the newest generation'
complete -c npk -n '__fish_seen_subcommand_from recover' -l json
complete -c npk -n '__fish_seen_subcommand_from recover' -l fast
complete -c npk -n '__fish_seen_subcommand_from recover' -l max
complete -c npk -n '__fish_seen_subcommand_from recover' -l threads -x
complete -c npk -n '__fish_seen_subcommand_from recover' -s i -l identity -r
complete -c npk -n '__fish_seen_subcommand_from recover' -s r -l recipient -x
complete -c npk -n '__fish_seen_subcommand_from recover' -s R -l recipients-file -r
complete -c npk -n '__fish_seen_subcommand_from recover' -s q -l quiet
complete -c npk -n '__fish_seen_subcommand_from list extract cat seek info report verify hash log tag comment' -l spool -x -d 'keeps package - first, at most so many bytes'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a compact -d 'drop generations'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a recompress -d 'compress the data anew'
complete -c npk -n '__fish_seen_subcommand_from recompress' -l fast
complete -c npk -n '__fish_seen_subcommand_from recompress' -l max
complete -c npk -n '__fish_seen_subcommand_from recompress' -l codec -xa 'store zstd lz4 lzma2'
complete -c npk -n '__fish_seen_subcommand_from recompress' -l level -x
complete -c npk -n '__fish_seen_subcommand_from recompress' -l chain -x
complete -c npk -n '__fish_seen_subcommand_from recompress' -l block-size -x
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a purge -d 'take out of all of the history'
for option in last daily weekly monthly yearly within generation
    complete -c npk -n '__fish_seen_subcommand_from compact' -l keep-$option -x
end
complete -c npk -n '__fish_seen_subcommand_from purge' -l rewrite-signed
complete -c npk -n '__fish_seen_subcommand_from compact recompress purge' -s n -l dry-run
complete -c npk -n '__fish_seen_subcommand_from compact recompress purge' -s o -l output -r
complete -c npk -n '__fish_seen_subcommand_from compact recompress purge' -s i -l identity -r
complete -c npk -n '__fish_seen_subcommand_from compact recompress purge' -l threads -x
complete -c npk -n '__fish_seen_subcommand_from compact recompress purge' -l pad -d 'hides sizes'
complete -c npk -n '__fish_seen_subcommand_from compact recompress purge' -l json
complete -c npk -n '__fish_seen_subcommand_from compact recompress purge' -s q -l quiet
complete -c npk -n '__fish_seen_subcommand_from info' -l blocks -d 'how each block is stored'
complete -c npk -n "not __fish_seen_subcommand_from $verbs" -f -a gen -d 'make data up'
complete -c npk -n '__fish_seen_subcommand_from gen' -l compression -xa 'none zstd gzip'
complete -c npk -n '__fish_seen_subcommand_from gen' -l sizes -xa 'fixed log-normal zipf'
for option in size files seed dedup compress block-size chunk part-size in-flight threads level spread depth directories fan-out name-length generation edit changed added removed renamed changed-bytes places
    complete -c npk -n '__fish_seen_subcommand_from gen' -l $option -x
end
for option in checksum direct verify package json
    complete -c npk -n '__fish_seen_subcommand_from gen' -l $option
end
complete -c npk -n '__fish_seen_subcommand_from gen' -s q -l quiet
