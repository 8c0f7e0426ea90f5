/* Words, variables, and what a command's arguments must look like. */
#include "probe_parse.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "string.h"

#define VARIABLES 256

static struct variable {
    char name[16];
    uint64_t value;
} variables[VARIABLES];

/* Returns the place of NAME: the one that holds it, or the first free one, or NULL. */
static struct variable *variable_place(const char *name) {
    for (struct variable *v = variables; v < variables + VARIABLES; v++)
        if (!v->name[0] || !strcmp(v->name, name))
            return v;
    return NULL;
}

int variable_set(const char *name, uint64_t value) {
    struct variable *place = variable_place(name);
    if (!place || strlen(name) >= sizeof place->name)
        return -ENOSPC;
    strcopy(place->name, name, sizeof place->name);
    place->value = value;
    return 0;
}

/* Reads WORD, a number or `$name`. */
static bool read_value(const char *word, uint64_t *value) {
    if (word[0] != '$')
        return parse_number(word, value);
    struct variable *place = variable_place(word + 1);
    if (!place || !place->name[0])
        return false;
    *value = place->value;
    return true;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

char *parse_word(char **line) {
    while (is_space(**line))
        (*line)++;
    if (!**line)
        return NULL;
    char *word = *line;
    while (**line && !is_space(**line))
        (*line)++;
    if (**line)
        *(*line)++ = '\0';
    return word;
}

char *parse_command(char **line) {
    if (!*line)
        return NULL;
    char *command = *line;
    for (char *c = command; *c; c++) {
        if (*c == ';') {
            *c = '\0';
            *line = c + 1;
            return command;
        }
    }
    *line = NULL;
    return command;
}

char *parse_assignment(char *word, const char **name) {
    *name = NULL;
    for (char *c = word; *c; c++) {
        if (*c == '=') {
            *c = '\0';
            *name = word;
            return c + 1;
        }
    }
    return word;
}

/* What the list of arguments says about the next one. */
struct expected {
    bool optional, repeated, word, wide;
};

/* Reads the next name off *LIST; returns false at its end. */
static bool next_expected(const char **list, struct expected *next) {
    const char *c = *list;
    *next = (struct expected){0};
    while (*c == ' ')
        c++;
    if (!*c)
        return false;
    for (next->optional = *c == '['; *c && *c != ' '; c++) {
        next->word |= !strncmp(c, ":word", 5);
        next->wide |= !strncmp(c, ":64", 3);
        next->repeated |= !strncmp(c, "...", 3);
    }
    /* what may be repeated stays in the list, for the next argument */
    if (!next->repeated)
        *list = c;
    return true;
}

static int refuse(struct parse_error *error, const char *text, const char *word) {
    *error = (struct parse_error){-EINVAL, text, word};
    return -EINVAL;
}

static int add_argument(struct probe_call *call, struct expected as, const char *word,
                        struct parse_error *error) {
    uint64_t value = 0;
    if (call->count == PROBE_ARGUMENTS)
        return refuse(error, "too many arguments", word);
    if (!as.word && !read_value(word, &value))
        return refuse(error, word[0] == '$' ? "unknown variable" : "not a number", word);
    if (!as.word && !as.wide && value > UINT32_MAX)
        return refuse(error, "more than 32 bits", word);
    call->word[call->count] = word;
    call->number[call->count++] = value;
    return 0;
}

int parse_arguments(struct probe_call *call, const struct probe_command *command, char *line,
                    struct parse_error *error) {
    const char *list = command->arguments;
    struct expected next;
    for (char *word; (word = parse_word(&line));) {
        if (!next_expected(&list, &next))
            return refuse(error, "one argument too many", word);
        int result = add_argument(call, next, word, error);
        if (result)
            return result;
    }
    if (next_expected(&list, &next) && !next.optional && !next.repeated)
        return refuse(error, "arguments:", command->arguments);
    return 0;
}
