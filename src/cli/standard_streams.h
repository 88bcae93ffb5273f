/* What a process may find when it looks at its standard streams. */
#ifndef CLI_STANDARD_STREAMS_H
#define CLI_STANDARD_STREAMS_H

/* Gives each of the descriptors 0 to 2 that is closed something that fails when used: otherwise
 * the next socket would take its number, and the report would be written into it. */
void standard_streams_open(void);

/* Closes standard output, when all has been written to it; 0 or the errno of what could not be
 * written now or earlier. */
int standard_output_close(void);

#endif
