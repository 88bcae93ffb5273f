/*
 * Foreign text made safe to show. No state; any thread. Every string returned belongs to the
 * caller.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/* A copy of `text` that is valid UTF-8: what is not becomes U+FFFD. NULL gives NULL. */
char *text_valid(const char *text);

/* As text_valid(), and nothing in it moves the cursor, changes the terminal or the direction of
 * writing, or breaks the line: such characters become U+FFFD as well. */
char *text_printable(const char *text);

/* As text_printable(), with blanks in place of line breaks and tabs. */
char *text_one_line(const char *text);

#endif
