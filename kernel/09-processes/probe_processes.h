/* What the commands of this stage share. */
#ifndef MIROIR_PROBE_PROCESSES_H
#define MIROIR_PROBE_PROCESSES_H

#include <stdint.h>

/* Switches by context_switch() to probe_elsewhere(), for which probe_elsewhere_esp has been prepared,
 * and back, with known values in the registers that a function preserves; returns how many have
 * changed. In probe_registers.asm. */
uint32_t probe_switch_registers(uint32_t value);
void probe_elsewhere(void);
extern uint32_t probe_elsewhere_esp;

/* Lets others run until process 0 has no child that lives, and frees them all. */
void probe_wait_all(void);

#endif
