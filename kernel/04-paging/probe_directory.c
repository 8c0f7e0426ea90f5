/* Commands for directories. */
#include "directory.h"
#include "errno.h"
#include "probe.h"

#define DIRECTORY ((paddr_t)call->number[0])

PROBE(directory_create, "", "makes a directory: its address") {
    paddr_t directory = 0;
    int error = directory_create(&directory);
    probe_hex(call, directory);
    return error;
}

PROBE(directory_open, "directory", "opens a directory for the mapper of slot 1022") {
    return directory_open(DIRECTORY);
}

PROBE(directory_close, "", "closes the directory that is open") {
    return directory_close();
}

PROBE(directory_switch, "directory", "puts a directory to use: the one before") {
    paddr_t previous = 0;
    int error = directory_switch(DIRECTORY, &previous);
    probe_hex(call, previous);
    return error;
}

PROBE(directory_destroy, "directory", "gives back all that a directory has of its own") {
    return directory_destroy(DIRECTORY);
}
