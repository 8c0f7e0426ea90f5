/* The first program: it starts the shell, again and again, and is the parent of all orphans. */
#include "lib.h"

int main(int argc, char **argv) {
    char *const shell[] = {"shell", NULL};
    for (;;) {
        int child = fork();
        if (!child)
            exit(exec(shell[0], shell));
        for (int pid = 0; pid != child;) {
            pid = wait(NULL);
            if (pid == -ECHILD)
                return 1;
        }
    }
}
