#include "base/text.h"

#include "base/buffer.h"

#include <stdbool.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* Reads one character of UTF-8 (RFC 3629). Returns its length in bytes, 0 where it is malformed. */
static size_t decode(const char *text, uint32_t *ret_character)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)text[0];
	size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (size == 0 || first > 0xf4)
		return 0;
	uint32_t character = size == 1 ? first : first & (0xffU >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];
		if ((byte & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (byte & 0x3f);
	}
	bool surrogate = character >= 0xd800 && character <= 0xdfff;
	if (character < least[size] || character > 0x10ffff || surrogate)
		return 0;
	*ret_character = character;
	return size;
}

static bool is_printable(uint32_t character)
{
	if (character < 0x20 || (character >= 0x7f && character <= 0x9f))
		return false;
	bool marks = character == 0x061c || (character >= 0x200b && character <= 0x200f);
	bool directions = character >= 0x202a && character <= 0x202e;
	bool isolates = character >= 0x2060 && character <= 0x206f;
	bool separators = character == 0x2028 || character == 0x2029 || character == 0xfeff;
	return !marks && !directions && !isolates && !separators;
}

static char *filter(const char *text, bool (*accepts)(uint32_t character))
{
	if (text == NULL)
		return NULL;
	cleanup(buffer_release) struct buffer buffer = BUFFER_UNLIMITED;
	while (*text != '\0') {
		uint32_t character = 0;
		size_t size = decode(text, &character);
		if (size == 0 || (accepts != NULL && !accepts(character)))
			buffer_append_string(&buffer, REPLACEMENT);
		else
			buffer_append(&buffer, text, size);
		text += size > 0 ? size : 1;
	}
	return buffer_take(&buffer);
}

char *text_valid(const char *text)
{
	return filter(text, NULL);
}

char *text_printable(const char *text)
{
	return filter(text, is_printable);
}

char *text_one_line(const char *text)
{
	autofree char *line = string_copy(text);
	for (char *character = line; character != NULL && *character != '\0'; character++) {
		if (*character == '\n' || *character == '\r' || *character == '\t')
			*character = ' ';
	}
	return text_printable(line);
}
