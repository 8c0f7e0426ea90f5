"""The grader: builds a kernel, runs it in QEMU, checks it, and says what it found."""
