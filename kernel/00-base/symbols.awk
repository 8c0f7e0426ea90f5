# Turns `nm -n` of the kernel into its table of functions, in assembly.
# Usage: nm -n kernel.elf | awk -f symbols.awk

BEGIN {
    print "section .symbols progbits alloc noexec nowrite align=4"
    print "global symbols, symbol_count"
    print "symbols:"
}

$2 ~ /^[tT]$/ && $3 !~ /^\./ && $3 !~ /^kernel_(start|text_end)$/ {
    printf "dd 0x%s, name%d\n", $1, count
    name[count++] = $3
}

END {
    printf "symbol_count: dd %d\n", count
    for (i = 0; i < count; i++)
        printf "name%d: db \"%s\", 0\n", i, name[i]
}
