//! What goes wrong on a factory floor, end to end: crashes, hung and rude test code, full disks,
//! busy stations, interrupts and lost terminals. Each test starts the executable itself.

mod crash;
mod disk;
mod entry;
mod hang;
mod records;
mod rude;
mod terminal;
