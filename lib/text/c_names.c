// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Names in, names that C takes out: which are identifiers [kbtf_c_ident], and numbers
 * for those that are taken already [kbtf_c_names_take]. A number ends in the
 * table like a name, so that sock___2 can be a second sock or a type that is
 * called so, but not both.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "c_names.h"
#include "view.h"

/* ---- Identifiers ------------------------------------------------------ */

/*
 * Words that name no type or member: keywords of C11 and of GNU C with gcc and clang
 * on any target, macros that both define, and the start of what they have built in.
 */
static const char *const reserved[] = {
	"auto",
	"break",
	"case",
	"char",
	"const",
	"continue",
	"default",
	"do",
	"double",
	"else",
	"enum",
	"extern",
	"float",
	"for",
	"goto",
	"if",
	"inline",
	"int",
	"long",
	"register",
	"restrict",
	"return",
	"short",
	"signed",
	"sizeof",
	"static",
	"struct",
	"switch",
	"typedef",
	"union",
	"unsigned",
	"void",
	"volatile",
	"while",
	"_Alignas",
	"_Alignof",
	"_Atomic",
	"_Bool",
	"_Complex",
	"_Generic",
	"_Imaginary",
	"_Noreturn",
	"_Static_assert",
	"_Thread_local",
	"_BitInt",
	"_Decimal32",
	"_Decimal64",
	"_Decimal128",
	"_Float16",
	"_Float32",
	"_Float64",
	"_Float128",
	"_Float32x",
	"_Float64x",
	"_Float128x",
	"_Accum",
	"_Fract",
	"_Sat",
	"_Nonnull",
	"_Nullable",
	"_Nullable_result",
	"_Null_unspecified",
	"_Pragma",
	"asm",
	"typeof",
	"linux",
	"unix",
	"__asm",
	"__asm__",
	"__attribute",
	"__attribute__",
	"__typeof",
	"__typeof__",
	"__inline",
	"__inline__",
	"__const",
	"__const__",
	"__volatile",
	"__volatile__",
	"__restrict",
	"__restrict__",
	"__signed",
	"__signed__",
	"__alignof",
	"__alignof__",
	"__extension__",
	"__label__",
	"__thread",
	"__auto_type",
	"__complex",
	"__complex__",
	"__imag",
	"__imag__",
	"__real",
	"__real__",
	"__int128",
	"__float128",
	"__float80",
	"__ibm128",
	"__ieee128",
	"__fp16",
	"__bf16",
	"__func__",
	"__FUNCTION__",
	"__PRETTY_FUNCTION__",
	"__null",
	"__nonnull",
	"__nullable",
	"__declspec",
	"__cdecl",
	"__stdcall",
	"__fastcall",
	"__thiscall",
	"__vectorcall",
	"__pascal",
	"__unaligned",
	"__module_private__",
	"__private_extern__",
	"__block",
	"__kindof",
	"__strong",

	"__bridge",
	"__int8",
	"__int16",
	"__int32",
	"__int64",
	"__ptr32",
	"__ptr64",
	"__w64",
	"__forceinline",
	"__seg_fs",
	"__seg_gs",
	"__objc_no",
	"__objc_yes",
	"__vector",
	"__pixel",
	"__bool",
	"__LINE__",
	"__FILE__",
	"__DATE__",
	"__TIME__",
	"__COUNTER__",
	"__VA_ARGS__",
	"__VA_OPT__",
	"defined",
};

#define NR_RESERVED (sizeof(reserved) / sizeof(*reserved))

enum { OTHER, LETTER, DIGIT };

/* clang-format off */
static const uint8_t classes[256] = {
	['0'] = DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT,
	['A'] = LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	['_'] = LETTER,
	['a'] = LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
};
/* clang-format on */

_Static_assert(NR_RESERVED < KBTF_C_MAX_WORDS, "a larger KBTF_C_MAX_WORDS is needed");

/* Words that are alike in this are few. */
static unsigned int likeness(const char *text, size_t len)
{
	return ((uint8_t)text[0] * 5u + (uint8_t)text[len - 1] * 11u + (uint8_t)text[len / 2] +
		(unsigned int)len * 31u) &
	       0xff;
}

void kbtf_c_words_init(struct kbtf_c_words *words)
{
	unsigned int i;

	memset(words, 0, sizeof(*words));
	for (i = 0; i < NR_RESERVED; i++) {
		unsigned int like = likeness(reserved[i], strlen(reserved[i]));

		words->next[i] = words->first[like];
		words->first[like] = (uint8_t)(i + 1);
	}
}

static bool is_reserved(const struct kbtf_c_words *words, const struct kbtf_c_ident *ident)
{
	unsigned int i;

	for (i = words->first[likeness(ident->text, ident->len)]; i; i = words->next[i - 1])
		if (!strcmp(reserved[i - 1], ident->text))
			return true;
	return ident->text[0] == '_' &&
	       (!strncmp(ident->text, KBTF_C_PREFIX, 7) || !strncmp(ident->text, "__builtin_", 10));
}

struct kbtf_c_ident kbtf_c_ident(const struct kbtf_c_words *words, const char *name)
{
	struct kbtf_c_ident ident = { .text = name };
	bool is_word = classes[(uint8_t)*name] == LETTER;
	const char *c;

	for (c = name; *c; c++)
		is_word &= classes[(uint8_t)*c] != OTHER;
	ident.len = (size_t)(c - name);
	ident.is_usable = is_word && !is_reserved(words, &ident);
	return ident;
}

/* ---- Names that are taken --------------------------------------------- */

/* FNV-1a: goes on where it left off, so that a number can be added to a name's. */
#define HASH_START 2166136261u
#define HASH_MASK 0x3ffffffu /* what a slot keeps of it */

static uint32_t hash_text(uint32_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash;
}

void kbtf_c_names_deinit(struct kbtf_c_names *names)
{
	free(names->slots);
}

static struct kbtf_c_slot *home_of(const struct kbtf_c_names *names, uint32_t hash)
{
	return &names->slots[hash * 0x9e3779b1u >> 7 & names->mask];
}

static struct kbtf_c_slot *next_slot(const struct kbtf_c_names *names, struct kbtf_c_slot *slot)
{
	return slot == names->slots + names->mask ? names->slots : slot + 1;
}

int kbtf_c_names_reserve(struct kbtf_c_names *names, uint32_t n)
{
	struct kbtf_c_names grown = { .btf = names->btf, .nr = names->nr };
	uint64_t nr_slots = 256;
	uint32_t i;

	while (nr_slots < 2 * ((uint64_t)names->nr + n))
		nr_slots *= 2;
	if (names->slots && nr_slots <= (uint64_t)names->mask + 1)
		return 0;
	grown.slots = kbtf_zalloc_array(nr_slots, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	grown.mask = (uint32_t)(nr_slots - 1);
	for (i = 0; names->slots && i <= names->mask; i++) {
		struct kbtf_c_slot *slot;

		if (!names->slots[i].number)
			continue;
		slot = home_of(&grown, names->slots[i].hash);
		while (slot->number)
			slot = next_slot(&grown, slot);
		*slot = names->slots[i];
	}
	free(names->slots);
	*names = grown;
	return 0;
}

/* A number as it follows a name; room is for the longest. Returns its length. */
static unsigned int write_suffix(char *suffix, uint32_t number)
{
	char digits[10];
	unsigned int n = 0, len = 3;

	memcpy(suffix, "___", 3);
	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (n)
		suffix[len++] = digits[--n];
	suffix[len] = '\0';
	return len;
}

#define SUFFIX_ROOM 16

/* Whether a slot's text is this name with a suffix, which may be "". */
static bool is_text(const struct kbtf_c_names *names, const struct kbtf_c_slot *slot,
		    const struct kbtf_c_ident *ident, const char *suffix)
{
	const char *stem = kbtf_string_get(names->btf, slot->name_off);
	size_t stem_len = strlen(stem), suffix_len = strlen(suffix);
	char tail[SUFFIX_ROOM] = "";
	size_t tail_len = slot->number > 1 ? write_suffix(tail, slot->number) : 0;

	if (stem_len + tail_len != ident->len + suffix_len)
		return false;
	if (stem_len == ident->len)
		return !memcmp(stem, ident->text, stem_len) && !memcmp(tail, suffix, tail_len);
	if (stem_len < ident->len) /* its number is part of the name */
		return !memcmp(stem, ident->text, stem_len) &&
		       !memcmp(tail, ident->text + stem_len, ident->len - stem_len) &&
		       !memcmp(tail + ident->len - stem_len, suffix, suffix_len);
	return !memcmp(stem, ident->text, ident->len) &&
	       !memcmp(stem + ident->len, suffix, stem_len - ident->len) &&
	       !memcmp(tail, suffix + stem_len - ident->len, tail_len);
}

/* The slot of a name with a suffix, or the free one where it belongs. */
static struct kbtf_c_slot *find(const struct kbtf_c_names *names, uint32_t hash,
				const struct kbtf_c_ident *ident, const char *suffix)
{
	struct kbtf_c_slot *slot = home_of(names, hash & HASH_MASK);

	while (slot->number &&
	       (slot->hash != (hash & HASH_MASK) || !is_text(names, slot, ident, suffix)))
		slot = next_slot(names, slot);
	return slot;
}

static uint32_t take_next(struct kbtf_c_names *names, const struct kbtf_c_ident *ident,
			  uint32_t name_off, uint32_t name_hash, struct kbtf_c_slot *first)
{
	uint32_t number = first->last;
	struct kbtf_c_slot *slot;
	char suffix[SUFFIX_ROOM];
	uint32_t hash;

	do {
		write_suffix(suffix, ++number);
		hash = hash_text(name_hash, suffix);
		slot = find(names, hash, ident, suffix);
	} while (slot->number);
	*slot = (struct kbtf_c_slot){
		.hash = hash & HASH_MASK, .name_off = name_off, .number = number, .last = 1
	};
	names->nr++;
	first->last = number;
	return number;
}

uint32_t kbtf_c_names_take(struct kbtf_c_names *names, const struct kbtf_c_ident *ident,
			   uint32_t name_off, unsigned int kind, bool is_forward)
{
	uint32_t hash = hash_text(HASH_START, ident->text);
	struct kbtf_c_slot *slot;

	if (kbtf_c_names_reserve(names, 2))
		return 0;
	slot = find(names, hash, ident, "");
	if (!slot->number) {
		*slot = (struct kbtf_c_slot){ .hash = hash & HASH_MASK,
					      .name_off = name_off,
					      .number = 1,
					      .last = 1,
					      .kind = kind & 0x1f,
					      .is_forward = is_forward };
		names->nr++;
		return 1;
	}
	if (slot->number == 1 && slot->kind == kind && (is_forward || slot->is_forward)) {
		slot->is_forward &= is_forward;
		return 1;
	}
	return take_next(names, ident, name_off, hash, slot);
}
