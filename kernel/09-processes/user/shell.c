/* A shell: reads lines from the console and runs the programs that they name. */
#include "lib.h"

#define WORDS 16
#define KILLED 0x100 /* in a status: by an exception, whose vector is in the bits below */

static char line[256];
static char *words[WORDS + 1];

/* Reads a line without its end; returns whether there is one. */
static bool read_line(void) {
    int size = read(0, line, sizeof line - 1);
    if (size <= 0)
        return false;
    line[size - (line[size - 1] == '\n')] = '\0';
    return true;
}

/* Cuts the line into words; returns how many. */
static int cut(void) {
    int count = 0;
    for (char *c = line; *c && count < WORDS;) {
        while (*c == ' ')
            *c++ = '\0';
        if (*c)
            words[count++] = c;
        while (*c && *c != ' ')
            c++;
    }
    words[count] = NULL;
    return count;
}

static void help(void) {
    printf("echo words...    cat file...    crime [which]    hog megabytes    pong\n"
           "touch megabytes    forker rounds    fuzz calls seed    exit    program words... &\n"
           "Files: the programs themselves, and /proc/<pid>/mmap. !command asks the monitor.\n");
}

static void start(int count) {
    bool waits = strcmp(words[count - 1], "&");
    if (!waits)
        words[count - 1] = NULL;
    int child = waits ? 0 : fork();
    if (child > 0) {
        printf("pid %d\n", child);
        return;
    }
    int32_t status = run(words);
    if (!waits)
        exit(0);
    if (status & KILLED)
        printf("%s: killed\n", words[0]);
    else if (status)
        printf("%s: status %d\n", words[0], status);
}

int main(int argc, char **argv) {
    printf("\nMiroir. Type help, or ! and a command of the monitor.\n");
    for (;;) {
        read(0, line, 0); /* what is typed is for us from here on, however fast it comes */
        printf("$ ");
        if (!read_line())
            return 0;
        int count = cut();
        if (!count)
            continue;
        if (!strcmp(words[0], "exit"))
            return 0;
        if (!strcmp(words[0], "help"))
            help();
        else if (strcmp(words[0], "&"))
            start(count);
    }
}
