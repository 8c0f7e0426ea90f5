/* The probe: reads requests from COM2 and from the console, runs commands, answers. */
#include "probe.h"

#include <stdbool.h>
#include <stddef.h>

#include "console.h"
#include "errno.h"
#include "format.h"
#include "io.h"
#include "probe_parse.h"
#include "probe_port.h"
#include "string.h"

extern const struct probe_command probe_commands_start[], probe_commands_end[];

#define PROMPT "miroir> "

void (*probe_idle)(void);
int (*probe_console_get)(void) = console_get;

char probe_mailbox[PROBE_LINE_SIZE], probe_reply[PROBE_REPLY_SIZE];

/* A place that requests come from, and the line that has come so far. */
struct client {
    int (*get)(void);
    struct sink sink;
    bool person; /* types without <seq>, sees an echo and a prompt */
    uint32_t length;
    char line[PROBE_LINE_SIZE];
};

static void __attribute__((format(printf, 2, 3)))
say(struct client *client, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    format_to(client->sink, format, arguments);
    va_end(arguments);
}

static const struct probe_command *find_command(const char *name) {
    const struct probe_command *command = probe_commands_start;
    while (command < probe_commands_end && strcmp(command->name, name))
        command++;
    return command < probe_commands_end ? command : NULL;
}

/* Runs the command in TEXT with CALL. Returns 0, or a negative errno with *ERROR filled. */
static int run(struct probe_call *call, char *text, struct parse_error *error) {
    char *name = parse_word(&text);
    const struct probe_command *command = name ? find_command(name) : NULL;
    if (!command) {
        *error = (struct parse_error){-EINVAL, "unknown command", name ? name : ""};
        return -EINVAL;
    }
    int result = parse_arguments(call, command, text, error);
    if (result)
        return result;
    result = command->run(call);
    if (result >= 0 && call->length >= sizeof call->answer)
        result = -ENOSPC;
    *error = (struct parse_error){result, errno_meaning(result), ""};
    return result < 0 ? result : 0;
}

/* Returns the first value of the answer in CALL, 0 if that is no number. */
static uint64_t first_value(struct probe_call *call) {
    char *text = call->answer;
    uint64_t value = 0;
    char *word = parse_word(&text); /* cuts the answer: it has been printed */
    if (word)
        parse_number(word, &value);
    return value;
}

/* Runs one command of a request and prints its part of the answer. */
static void serve_command(struct client *client, char *text) {
    static struct probe_call call;
    struct parse_error error;
    const char *variable;
    call.person = client->person;
    call.count = 0;
    call.length = 0;
    memset(call.number, 0, sizeof call.number);
    while (*text == ' ')
        text++;
    int result = run(&call, parse_assignment(text, &variable), &error);
    if (result) {
        say(client, "err %s %s %s", errno_name(result), error.text, error.word);
    } else {
        call.answer[call.length] = '\0';
        say(client, "ok%s", call.answer);
    }
    if (variable && variable_set(variable, result ? 0 : first_value(&call)))
        say(client, " ; err ENOSPC variable %s", variable);
}

static void serve_commands(struct client *client, char *commands) {
    for (char *command, *separator = ""; (command = parse_command(&commands)); separator = " ; ") {
        say(client, "%s", separator);
        serve_command(client, command);
    }
}

/* A reply to the mailbox's request: in probe_reply, and what has no room there on the port. */
struct reply {
    struct sink port;
    uint32_t length;
};

static void put_reply(void *context, char c) {
    struct reply *reply = context;
    if (reply->length == PROBE_REPLY_SIZE - 1) {
        reply->port.put(reply->port.context, c);
        return;
    }
    probe_reply[reply->length++] = c;
    probe_reply[reply->length] = '\0';
}

static void serve_mailbox(struct client *client) {
    struct reply reply = {client->sink, 0};
    say(client, "*");
    client->sink = (struct sink){put_reply, &reply};
    serve_commands(client, probe_mailbox);
    client->sink = reply.port;
}

static void serve_line(struct client *client) {
    char *rest = client->line;
    if (client->person && !*rest)
        return;
    if (!client->person) {
        char *seq = parse_word(&rest);
        if (!seq)
            return;
        say(client, "%s ", seq);
    }
    bool mailed = !client->person && !strcmp(rest, "*");
    if (mailed)
        serve_mailbox(client);
    else
        serve_commands(client, rest);
    say(client, "\n");
    if (mailed)
        probe_port_pause();
}

static void erase_character(struct client *client) {
    if (client->length) {
        client->length--;
        say(client, "\b \b");
    }
}

static void end_line(struct client *client) {
    bool fits = client->length < PROBE_LINE_SIZE;
    client->line[fits ? client->length : 0] = '\0';
    client->length = 0;
    if (client->person)
        say(client, "\n");
    if (fits)
        serve_line(client);
    else
        say(client, "! line too long\n");
    if (client->person)
        say(client, PROMPT);
}

/* Takes what has come from CLIENT, up to the end of a line, which is answered. Returns whether there
 * was one: then more may have come. */
static bool serve(struct client *client) {
    for (int c; (c = client->get()) >= 0;) {
        if (c == '\n' || (c == '\r' && client->person)) {
            end_line(client);
            return true;
        }
        if (client->person && (c == '\b' || c == 0x7f)) {
            erase_character(client);
        } else if (client->length < PROBE_LINE_SIZE) {
            client->line[client->length++] = (char)c;
            client->length -= client->length == PROBE_LINE_SIZE && client->person;
            if (client->person)
                say(client, "%c", c);
        }
    }
    return false;
}

void probe_serve(void) {
    static struct client grader, person;
    grader.get = probe_port_get;
    grader.sink = probe_port_sink();
    person.get = probe_console_get;
    person.sink = console_sink();
    person.person = true;
    probe_port_init();
    say(&person, PROMPT);
    say(&grader, "! ready\n");
    probe_port_pause();
    for (;;) {
        if (serve(&person) | serve(&grader))
            continue;
        if (probe_idle)
            probe_idle();
        else
            cpu_pause();
    }
}

PROBE(help, "[command:word]", "lists the commands with their arguments, or describes one") {
    const struct probe_command *command = probe_commands_start;
    char usage[128];
    for (; command < probe_commands_end; command++) {
        format_buffer(usage, sizeof usage, "%s %s", command->name, command->arguments);
        if (!call->count && call->person) {
            kprintf("%s\n", usage);
        } else if (!call->count) {
            probe_text(call, usage);
        } else if (!strcmp(command->name, call->word[0])) {
            probe_text(call, usage);
            probe_text(call, command->summary);
            return 0;
        }
    }
    return call->count ? -ENOENT : 0;
}
