/* A program run, and waited for. */
#include "lib.h"

int32_t run(char *const *argv) {
    int32_t status;
    int child = fork();
    if (child < 0)
        return child;
    if (!child) {
        int error = exec(argv[0], argv);
        printf("%s: %s\n", argv[0], error == -ENOENT ? "no such program" : "cannot be run");
        exit(127);
    }
    for (int pid; (pid = wait(&status)) != child;)
        if (pid < 0)
            return pid;
    return status;
}
