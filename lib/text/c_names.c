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
#include "hash.h"
#include "view.h"

/* ---- Identifiers ------------------------------------------------------ */

/*
 * Words that name no type or member: keywords of C11 and of GNU C with gcc and clang
 * on any target.
 */
/* clang-format off */
static const char *const reserved[] = {
	"auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
	"enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
	"restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch",
	"typedef", "union", "unsigned", "void", "volatile", "while", "_Alignas", "_Alignof",
	"_Atomic", "_Bool", "_Complex", "_Generic", "_Imaginary", "_Noreturn", "_Static_assert",
	"_Thread_local", "_BitInt", "_Decimal32", "_Decimal64", "_Decimal128", "_Float16",
	"_Float32", "_Float64", "_Float128", "_Float32x", "_Float64x", "_Float128x", "_Accum",
	"_Fract", "_Sat", "_Nonnull", "_Nullable", "_Nullable_result", "_Null_unspecified",
	"_Pragma", "asm", "typeof", "__asm", "__asm__", "__attribute", "__attribute__",
	"__typeof", "__typeof__", "__inline", "__inline__", "__const", "__const__", "__volatile",
	"__volatile__", "__restrict", "__restrict__", "__signed", "__signed__", "__alignof",
	"__alignof__", "__extension__", "__label__", "__thread", "__auto_type", "__complex",
	"__complex__", "__imag", "__imag__", "__real", "__real__", "__int128", "__float128",
	"__float80", "__ibm128", "__ieee128", "__fp16", "__bf16", "__func__", "__FUNCTION__",
	"__PRETTY_FUNCTION__", "__cdecl", "__stdcall", "__fastcall", "__thiscall",
	"__vectorcall", "__pascal", "__module_private__", "__private_extern__", "__seg_fs",
	"__seg_gs", "__objc_no", "__objc_yes", "__LINE__", "__FILE__", "__DATE__", "__TIME__",
	"__COUNTER__",
};
/* clang-format on */

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
		if (reserved[i - 1][0] == ident->text[0] && !strcmp(reserved[i - 1], ident->text))
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
	ident.is_macro = (ident.len == 4 && !memcmp(name, "unix", 4)) ||
			 (ident.len == 5 && !memcmp(name, "linux", 5));
	return ident;
}

/* ---- Names that are taken --------------------------------------------- */

void kbtf_c_names_deinit(struct kbtf_c_names *names)
{
	free(names->slots);
	free(names->taken);
}

static inline uint32_t next_place(const struct kbtf_c_names *names, uint32_t place)
{
	return (place + 1) & names->mask;
}

static int grow_slots(struct kbtf_c_names *names, uint64_t nr_slots)
{
	struct kbtf_c_names grown = *names;
	uint32_t i, place;

	grown.mask = (uint32_t)(nr_slots - 1);
	grown.slots = kbtf_zalloc_array(nr_slots, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	for (i = 0; names->slots && i <= names->mask; i++) {
		if (!names->slots[i].taken)
			continue;
		place = names->slots[i].hash & grown.mask;
		while (grown.slots[place].taken)
			place = next_place(&grown, place);
		grown.slots[place] = names->slots[i];
	}
	free(names->slots);
	*names = grown;
	return 0;
}

int kbtf_c_names_reserve(struct kbtf_c_names *names, uint32_t n)
{
	uint64_t wanted = (uint64_t)names->nr + n, nr_slots = 256;
	struct kbtf_c_taken *taken;

	if (wanted > names->room) {
		uint64_t room =
			wanted > 2 * (uint64_t)names->room ? wanted : 2 * (uint64_t)names->room;

		if (room > UINT32_MAX)
			return -ENOMEM;
		taken = kbtf_realloc_array(names->taken, room, sizeof(*taken));
		if (!taken)
			return -ENOMEM;
		names->taken = taken;
		names->room = (uint32_t)room;
	}
	while (nr_slots < 2 * wanted)
		nr_slots *= 2;
	if (names->slots && nr_slots <= (uint64_t)names->mask + 1)
		return 0;
	return grow_slots(names, nr_slots);
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

/* Whether a name that is taken has this text. */
static bool is_text(const struct kbtf_c_names *names, const struct kbtf_c_taken *taken,
		    const char *text, size_t len)
{
	const char *stem = kbtf_string_get(names->btf, taken->name_off);
	char suffix[SUFFIX_ROOM];
	size_t stem_len, suffix_len;

	if (taken->number == 1)
		return !strcmp(stem, text);
	stem_len = strlen(stem);
	suffix_len = write_suffix(suffix, taken->number);
	return stem_len + suffix_len == len && !memcmp(stem, text, stem_len) &&
	       !memcmp(suffix, text + stem_len, suffix_len);
}

/* The slot of a text, or the free one where it belongs. */
static struct kbtf_c_slot *find(const struct kbtf_c_names *names, uint32_t hash, const char *text,
				size_t len)
{
	uint32_t place = hash & names->mask;

	for (;; place = next_place(names, place)) {
		struct kbtf_c_slot *slot = &names->slots[place];

		if (!slot->taken)
			return slot;
		if (slot->hash == hash && is_text(names, &names->taken[slot->taken - 1], text, len))
			return slot;
	}
}

static void take(struct kbtf_c_names *names, struct kbtf_c_slot *slot, uint32_t hash,
		 const struct kbtf_c_taken *taken)
{
	names->taken[names->nr++] = *taken;
	slot->hash = hash;
	slot->taken = names->nr;
}

/* Take the next number of a name that is taken. 0: no memory. */
static uint32_t take_next(struct kbtf_c_names *names, const struct kbtf_c_ident *ident,
			  uint32_t name_off, struct kbtf_c_taken *first)
{
	struct kbtf_c_taken taken = { .name_off = name_off, .number = first->last, .last = 1 };
	char *text = kbtf_alloc_array(ident->len + SUFFIX_ROOM, 1);
	struct kbtf_c_slot *slot;
	uint32_t hash;
	size_t len;

	if (!text)
		return 0;
	memcpy(text, ident->text, ident->len);
	do {
		len = ident->len + write_suffix(text + ident->len, ++taken.number);
		hash = kbtf_hash_bytes(text, len);
		slot = find(names, hash, text, len);
	} while (slot->taken);
	first->last = taken.number;
	take(names, slot, hash, &taken);
	free(text);
	return taken.number;
}

uint32_t kbtf_c_names_take(struct kbtf_c_names *names, const struct kbtf_c_ident *ident,
			   uint32_t name_off, unsigned int kind, bool is_forward)
{
	uint32_t hash = kbtf_hash_bytes(ident->text, ident->len);
	struct kbtf_c_slot *slot;
	struct kbtf_c_taken *first;

	if (kbtf_c_names_reserve(names, 1))
		return 0;
	slot = find(names, hash, ident->text, ident->len);
	if (!slot->taken) {
		take(names, slot, hash,
		     &(struct kbtf_c_taken){ name_off, 1, 1, (uint8_t)kind, is_forward });
		return 1;
	}
	first = &names->taken[slot->taken - 1];
	if (first->number == 1 && first->kind == kind && (is_forward || first->is_forward)) {
		first->is_forward &= is_forward;
		return 1;
	}
	return take_next(names, ident, name_off, first);
}
