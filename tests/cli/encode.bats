#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

# What compilers make of one source, in every form that they have for it.

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cat >one.c <<'SOURCE'
struct device;
struct list { struct list *next, *prev; };
typedef int (*callback)(const struct list *l, void *data, ...);
enum color { RED, GREEN = 5, BLUE = -1 };
enum big { HUGE = 0x100000000ULL };
union value { long l; double d; char text[12]; };
struct node {
    struct list list;
    volatile unsigned char flags : 3, more : 5;
    unsigned int wide : 17;
    enum color color;
    union { struct device *device; callback call; };
    int grid[3][4];
    _Bool valid;
    char name[];
};
struct device { struct node *restrict node; enum big big; };
union value last;
int visit(struct node *node, const union value *value, int n)
{
    struct inner { int a; } in = { n };
    return node->grid[0][0] + (int)value->l + in.a;
}
int talk(const char *format, ...) { return *format; }
static __attribute__((noinline)) int hidden(struct device *d) { return d->big != 0; }
int use(struct device *d) { last.l = hidden(d); return talk("", d->node->valid); }
SOURCE
    cat >two.c <<'SOURCE'
struct list { struct list *next, *prev; };
struct device;
struct other { struct list list; struct device *device; };
struct clash { int a; };
struct to_clash { struct clash *clash; };
int two(struct other *o, struct to_clash *t) { return o->device != 0 && t->clash->a; }
SOURCE
    cat >three.c <<'SOURCE'
struct clash { long b; };
struct to_clash { struct clash *clash; };
int three(struct to_clash *t) { return (int)t->clash->b; }
SOURCE
}

# The types of an object as text without ids, sorted; functions and what they need among them.
types() {
    kbtf encode -q --raw -o raw.btf "$1"
    said 0
    "$KBTF" dump --format c raw.btf >"$2"
    "$KBTF" verify -q raw.btf
    "$KBTF" dump raw.btf | sed -n "s/^.[0-9]*. FUNC '\([^']*\)'.*/\1/p" | sort >>"$2"
}

@test "encode: every version of DWARF says the same" {
    ${CC:-cc} -g -gdwarf-5 -O1 -c one.c -o one.o
    types one.o expected
    grep -q 'struct node {' expected
    grep -q 'unsigned int wide: 17;\|unsigned int wide : 17;' expected
    grep -qx hidden expected
    for version in 3 4; do
        ${CC:-cc} -g -gdwarf-$version -gstrict-dwarf -O1 -c one.c -o one.o
        types one.o got
        diff expected got
    done
    # which has no word for restrict
    ${CC:-cc} -g -gdwarf-2 -gstrict-dwarf -O1 -c one.c -o one.o
    types one.o got
    diff <(sed 's/__restrict //' expected) got
}

@test "encode: compressed, linked, 64-bit DWARF" {
    ${CC:-cc} -g -O1 -c one.c -o one.o
    types one.o expected
    ${CC:-cc} -g -gz=zlib -O1 -c one.c -o packed.o
    types packed.o got
    diff expected got
    ${CC:-cc} -g -O1 -shared -fPIC -nostdlib -Wl,-z,notext one.c -o one.so
    types one.so got
    diff expected got
    if ${CC:-cc} -g -gdwarf64 -O1 -c one.c -o wide.o 2>/dev/null; then
        types wide.o got
        diff expected got
    fi
}

# In whatever order they are printed, which decides what is declared first.
same_types() {
    diff <(grep -v '^struct [a-z_]*;$' "$1" | sort) <(grep -v '^struct [a-z_]*;$' "$2" | sort)
}

@test "encode: types in units of their own are the same types" {
    command -v gcc >/dev/null || skip 'there is no gcc'
    for version in 4 5; do
        gcc -g -gdwarf-$version -O1 -fPIC -c one.c -o one.o
        types one.o expected
        gcc -g -gdwarf-$version -O1 -fPIC -fdebug-types-section -c one.c -o units.o
        types units.o got
        same_types expected got
        gcc -shared -nostdlib units.o -o units.so
        types units.so got
        same_types expected got
    done
}

# Units that have entries in common refer to partial units of the same file, or of another one.
@test "encode: what dwz has made smaller is the same, unless it took parts away" {
    command -v dwz >/dev/null || skip 'there is no dwz'
    sed -E 's/\<(visit|talk|hidden|use|last)\>/&_again/g' one.c >again.c
    ${CC:-cc} -g -O1 -fPIC -shared -nostdlib one.c again.c -o whole.so
    types whole.so expected
    dwz -o small.so whole.so
    readelf --debug-dump=info small.so 2>/dev/null | grep -q DW_TAG_imported_unit
    types small.so got
    same_types expected got
    cp whole.so a.so
    ${CC:-cc} -g -O2 -fPIC -shared -nostdlib one.c again.c -o b.so
    dwz -m common a.so b.so
    kbtf encode -q --raw -o x.btf a.so
    [ "$status" -eq 1 ]
    grep -q 'refers to a supplementary file (form 0x1f2[01]), such as dwz makes: put the two together again first \[dwarf-supplementary\]$' err
    [ ! -e x.btf ]
}

@test "encode: true_signature names the copy that a compiler made" {
    command -v gcc >/dev/null || skip 'there is no gcc'
    cat >copies.c <<'SOURCE'
int sink;
__attribute__((noinline)) static int scaled(int value, int by) { sink += value; return value * by + sink; }
int caller(int a, int b) { return scaled(a, 7) + scaled(b, 7); }
SOURCE
    gcc -g -O2 -c copies.c -o copies.o
    nm copies.o | grep -q ' scaled.constprop.0$' || skip 'this gcc makes no copy'
    types copies.o got
    diff <(printf 'caller\n') <(grep -x 'caller\|scaled.*' got)
    kbtf encode -q --raw --features default,true_signature -o true.btf copies.o
    said 0
    "$KBTF" dump true.btf >got
    diff <(printf "FUNC 'caller'\nFUNC 'scaled.constprop.0'\n") <(grep -o "FUNC '.*'" got | sort)
    "$KBTF" verify -q true.btf
}

@test "encode: the part of split debug information that is not linked" {
    command -v gcc >/dev/null || skip 'there is no gcc'
    gcc -g -gdwarf-5 -gsplit-dwarf -O1 -c one.c -o one.o
    kbtf encode -q --raw -o raw.btf one.dwo
    said 1 "one.dwo: this is the part of split debug information that is not linked (.debug_info.dwo): build without -gsplit-dwarf [dwarf-split]"
    kbtf encode -q --raw -o raw.btf one.o
    said 1 "one.o: .debug_info+0x0: unit at 0x0: its types are in another file (-gsplit-dwarf): build without [dwarf-split]"
}

@test "encode: clang says what gcc says" {
    command -v clang >/dev/null || skip 'there is no clang'
    command -v gcc >/dev/null || skip 'there is no gcc'
    gcc -g -O1 -c one.c -o gcc.o
    types gcc.o expected
    clang -g -fno-eliminate-unused-debug-types -O1 -c one.c -o clang.o
    types clang.o got
    # What they call integers is their own, and so is the order of types.
    plain() {
        sed 's/long int/long/g; s/[[:space:]]\+/ /g; /^struct [a-z]*;$/d; /^ *$/d' "$1" | sort
    }
    diff <(plain expected) <(plain got)
}

@test "encode: units make one, and what clashes stays apart, for any number of threads" {
    for f in one two three; do ${CC:-cc} -g -O1 -c $f.c -o $f.o; done
    ld -r one.o two.o three.o -o all.o
    kbtf encode -q --raw -o all.btf all.o
    said 0
    "$KBTF" dump all.btf >dump
    [ "$(grep -c "STRUCT 'list'" dump)" -eq 1 ]
    [ "$(grep -c "STRUCT 'device'" dump)" -eq 1 ]
    [ "$(grep -c "STRUCT 'clash'" dump)" -eq 2 ]
    [ "$(grep -c "STRUCT 'to_clash'" dump)" -eq 2 ]
    ! grep -q "FWD 'device'" dump
    kbtf encode -q -j 7 --raw -o again.btf all.o
    cmp all.btf again.btf
    kbtf dedup -q -o once.btf all.btf
    cmp all.btf once.btf
}

@test "encode: a unit that only declares what others define in several ways" {
    # and that is looked at twice, since it defines another name in a way of its own
    cat >four.c <<'SOURCE'
struct clash;
struct mixed { int i; };
typedef int (*clash_fn)(struct clash *);
int four(clash_fn fn, struct clash *c, struct mixed *m) { return fn(c) + m->i; }
SOURCE
    cat >five.c <<'SOURCE'
struct mixed { long l; };
int five(struct mixed *m) { return (int)m->l; }
SOURCE
    for f in two three four five; do ${CC:-cc} -g -O1 -c $f.c -o $f.o; done
    ld -r two.o three.o four.o five.o -o all.o
    kbtf encode -q --raw -o all.btf all.o
    said 0
    "$KBTF" dump all.btf >dump
    # its parameter leads to the declaration, not to void
    grep -A 1 "FWD 'clash'" dump
    fwd=$(sed -n "s/^\[\([0-9]*\)\] FWD 'clash'.*/\1/p" dump)
    grep -q "PTR '(anon)' type_id=$fwd\$" dump
    ! grep -q "PTR '(anon)' type_id=0\$" dump
}

@test "encode: into the file, split on a base, distilled" {
    "$KBTF_MAKE_INPUT" .
    ${CC:-cc} -g -O1 -c two.c -o two.o
    kbtf encode -q -o with.o two.o
    said 0
    "$KBTF" extract with.o >inside.btf
    kbtf encode -q --raw -o raw.btf two.o
    cmp inside.btf raw.btf
    kbtf encode -q --raw -B raw.btf -o split.btf two.o
    said 0
    [ "$("$KBTF" dump -B raw.btf split.btf | wc -l)" -eq 0 ]
    ${CC:-cc} -g -O1 -c one.c -o one.o
    kbtf encode -q -B raw.btf --features default,distilled_base -o distilled.o one.o
    said 0
    "$KBTF" extract --section .BTF.base distilled.o | "$KBTF" dump /dev/stdin | grep -q "'list'"
}

@test "encode: tags in the source, and a layout section" {
    command -v clang >/dev/null || skip 'there is no clang'
    cat >tags.c <<'SOURCE'
#define TYPE_TAG(x) __attribute__((btf_type_tag(x)))
#define DECL_TAG(x) __attribute__((btf_decl_tag(x)))
struct DECL_TAG("whole") s { int a; char TYPE_TAG("user") *p DECL_TAG("part"); };
typedef struct s renamed DECL_TAG("renamed");
DECL_TAG("func") int f(struct s TYPE_TAG("outer") TYPE_TAG("inner") *s, renamed *r DECL_TAG("argument"))
{ return s->a + r->a; }
SOURCE
    clang -g -O1 -c tags.c -o tags.o 2>/dev/null || skip 'clang knows no such tags'
    kbtf encode -q --raw -o tags.btf tags.o
    said 0
    "$KBTF" dump tags.btf >dump
    id() { sed -n "s/^\[\([0-9]*\)\] $1.*/\1/p" dump; }
    grep -q "DECL_TAG 'whole' type_id=$(id "STRUCT 's'") component_idx=-1" dump
    grep -q "DECL_TAG 'part' type_id=$(id "STRUCT 's'") component_idx=1" dump
    grep -q "DECL_TAG 'renamed' type_id=$(id "TYPEDEF 'renamed'") component_idx=-1" dump
    grep -q "TYPE_TAG 'user' type_id=$(id "INT 'char'")" dump
    # the one nearest to the star is the first that is met
    grep -q "TYPE_TAG 'inner' type_id=$(id "TYPE_TAG 'outer'")" dump
    grep -q "PTR '(anon)' type_id=$(id "TYPE_TAG 'inner'")" dump
    grep -q "DECL_TAG 'func' type_id=$(id "FUNC 'f'") component_idx=-1" dump
    grep -q "DECL_TAG 'argument' type_id=$(id "FUNC 'f'") component_idx=1" dump
    kbtf encode -q --raw --features encode_force,float,enum64 -o plain.btf tags.o
    [ "$("$KBTF" dump plain.btf | grep -c TAG)" -eq 0 ]
    kbtf encode -q --raw --features default,layout -o with.btf tags.o
    said 0
    "$KBTF" dump with.btf | cmp - dump
    "$KBTF" info with.btf | grep -q 'header 32 bytes, .* layout 80$'
}

@test "encode: tags of functions and variables, for any number of threads, and split" {
    command -v clang >/dev/null || skip 'there is no clang'
    for i in 1 2 3 4 5 6; do
        cat >unit$i.c <<SOURCE
#define TAG(x) __attribute__((btf_decl_tag(x)))
struct shared { int a; } TAG("shared");
int var$i TAG("var$i") TAG("on_var");
static int hidden TAG("hidden$i");
TAG("func$i") int func$i(struct shared *s, int n TAG("n") TAG("n$i")) { return s->a + n + hidden++; }
SOURCE
        clang -g -O1 -c unit$i.c 2>/dev/null || skip 'clang knows no such tags'
    done
    ld -r unit?.o -o all.o
    kbtf encode -q -j 1 --raw --features default,global_var -o one.btf all.o
    said 0
    kbtf encode -q -j 2 --raw --features default,global_var -o two.btf all.o
    cmp one.btf two.btf
    kbtf encode -q -j 6 --raw --features default,global_var -o six.btf all.o
    cmp one.btf six.btf
    "$KBTF" dump one.btf >dump
    id() { sed -n "s/^\[\([0-9]*\)\] $1.*/\1/p" dump; }
    for i in 1 2 3 4 5 6; do
        grep -q "DECL_TAG 'var$i' type_id=$(id "VAR 'var$i'") component_idx=-1" dump
        grep -q "DECL_TAG 'on_var' type_id=$(id "VAR 'var$i'") component_idx=-1" dump
        grep -q "DECL_TAG 'hidden$i' type_id=" dump
        grep -q "DECL_TAG 'func$i' type_id=$(id "FUNC 'func$i'") component_idx=-1" dump
        grep -q "DECL_TAG 'n$i' type_id=$(id "FUNC 'func$i'") component_idx=1" dump
    done
    [ "$(grep -c "DECL_TAG 'shared'" dump)" -eq 1 ]
    "$KBTF" verify -q one.btf
    kbtf encode -q --raw --features default,global_var -o base.btf unit1.o
    kbtf encode -q --raw --features default,global_var -B base.btf -o split.btf unit2.o
    said 0
    "$KBTF" dump -B base.btf split.btf >dump
    [ "$(grep -c DECL_TAG dump)" -eq 6 ]
    grep -q "DECL_TAG 'n2' type_id=$(id "FUNC 'func2'") component_idx=1" dump
    ! grep -q "DECL_TAG 'shared'" dump
}

@test "encode: no more memory than is allowed" {
    for i in 1 2 3 4 5 6 7 8; do
        for n in 1 2 3 4 5 6; do
            eval "printf 'struct s$i$n%d { int a, b; };\n' {0..400}"
        done >big$i.c
        # which keeps the compiler from leaving them out
        printf 'struct s%d1%d *p%d;\n' $i $i $i >>big$i.c
        ${CC:-cc} -g -fno-eliminate-unused-debug-types -c big$i.c -o big$i.o
    done
    ld -r big?.o -o big.o
    kbtf encode -q --max-memory 1 --raw -o big.btf big.o
    [ "$status" -eq 1 ]
    grep -q 'bytes of memory so far, and may take 1048576 \[max-memory\]$' err
    [ ! -e big.btf ]
    kbtf encode -q --max-memory 100 --raw -o big.btf big.o
    said 0
    kbtf encode --max-memory 0 --raw -o big.btf big.o
    said 2 "kbtf encode: --max-memory: '0' is no number from 1 to 16777216
Try \`kbtf encode --help\`."
}

@test "encode: a linked file in place is what it is written elsewhere" {
    ${CC:-cc} -g -O1 -shared -fPIC one.c two.c -o all.so
    kbtf encode -q -o elsewhere.so all.so
    said 0
    cp all.so stripped.so
    kbtf encode -q --in-place all.so
    said 0
    cmp all.so elsewhere.so
    readelf -SW all.so >sections 2>err
    [ ! -s err ]
    kbtf encode -q --in-place --features +global_var all.so # another size, and no leftovers
    said 0
    kbtf encode -q --in-place all.so
    cmp all.so elsewhere.so
    [ -x all.so ]
    if command -v objcopy >/dev/null; then
        objcopy --remove-section .BTF all.so back.so
        objcopy stripped.so same.so
        cmp back.so same.so
    fi
}

@test "encode: what cannot be encoded" {
    "$KBTF_MAKE_INPUT" .
    kbtf encode -q --raw -o x.btf old.btf
    said 1 "old.btf: no debug information in it: there is no section .debug_info [no-dwarf]"
    kbtf encode -q -o x.btf --features default,distilled_base old.btf
    said 2 'kbtf encode: distilled_base needs a kernel: give --base or --kernel
Try `kbtf encode --help`.'
    kbtf encode --features wings old.btf
    said 2 'kbtf encode: --features: wings is no feature
Try `kbtf encode --help`.'
    ${CC:-cc} -g -gsplit-dwarf -c two.c -o two.o
    kbtf encode -q --raw -o x.btf two.o
    [ "$status" -eq 1 ]
    grep -q 'its types are in another file (-gsplit-dwarf): build without \[dwarf-split\]' err
    [ ! -e x.btf ]
}
