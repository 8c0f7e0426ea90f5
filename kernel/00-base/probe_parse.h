/* From a line of text to a command's arguments: the part of the probe that is not seen outside
 * this folder. */
#ifndef MIROIR_PROBE_PARSE_H
#define MIROIR_PROBE_PARSE_H

#include "probe.h"

/* What a command says of itself when it cannot be run. */
struct parse_error {
    int error; /* negative errno */
    const char *text, *word;
};

/* Cuts the next word off *LINE, in place; returns NULL when there is none. */
char *parse_word(char **line);

/* Cuts the next command, up to a ';', off *LINE, in place; returns NULL when there is none. */
char *parse_command(char **line);

/* If WORD is `name=rest`, keeps where the answer shall go in *NAME, and returns rest. */
char *parse_assignment(char *word, const char **name);

/* Fills CALL with the arguments in LINE, checked against what COMMAND says it takes. Returns 0, or
 * a negative errno with *ERROR filled. */
int parse_arguments(struct probe_call *call, const struct probe_command *command, char *line,
                    struct parse_error *error);

/* Keeps VALUE under NAME for later commands. Returns 0, or -ENOSPC (too many, or too long a name). */
int variable_set(const char *name, uint64_t value);

#endif
