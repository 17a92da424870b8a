/* A VISA library for tests: sessions are TCP connections to a simulated instrument. In
   USB0::1::PORT::KIND::INSTR, PORT is its port and KIND what the library itself does wrong. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 64
enum { TMO = 0x3FFF001A, MAX_CNT = 0x3FFF0006 };
#define ERROR(code) ((int32_t)(0x80000000u + (code)))
#define E_TMO ERROR(0x3FFF0015)
#define E_NFOUND ERROR(0x3FFF0011)
#define E_LOCKED ERROR(0x3FFF000F)
#define E_LOST ERROR(0x3FFF00A6)
#define E_ABORT ERROR(0x3FFF0030)

static struct { int fd, port; uint32_t timeout; char kind[32]; atomic_int told; } all[MOST];
static uint32_t used = 1;

static int dial(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
  close(fd);
  return -1;
}

int32_t viOpenDefaultRM(uint32_t *session) {
  printf("the stand-in prints on standard output\n"); /* as vendors' libraries do */
  fflush(stdout);
  *session = used++;
  return 0;
}

int32_t viOpen(uint32_t rm, const char *name, uint32_t mode, uint32_t wait, uint32_t *session) {
  int port = 0;
  char kind[32] = "";
  (void)rm, (void)wait;
  if (sscanf(name, "USB0::1::%d::%31[^:]", &port, kind) != 2) return E_NFOUND;
  if (!strcmp(kind, "TAKEN")) return E_LOCKED;
  if (!strcmp(kind, "STRANGE")) return 0x3FFF7777; /* no code of the standard */
  if (!strcmp(kind, "UNLOCKABLE") && mode) return ERROR(0x3FFF0067);
  int fd = dial(port);
  if (fd < 0) return E_NFOUND;
  *session = used++;
  all[*session].fd = fd, all[*session].port = port, all[*session].timeout = 2000;
  all[*session].told = 0;
  strcpy(all[*session].kind, kind);
  return 0;
}

int32_t viClose(uint32_t session) {
  if (session < MOST && all[session].fd > 0) close(all[session].fd), all[session].fd = 0;
  return 0;
}

int32_t viSetAttribute(uint32_t session, uint32_t name, unsigned long value) {
  if (name == TMO) all[session].timeout = value;
  return 0;
}

int32_t viWrite(uint32_t session, const uint8_t *bytes, uint32_t count, uint32_t *done) {
  if (!strncmp((const char *)bytes, "CRASH", 5)) abort();
  ssize_t sent = send(all[session].fd, bytes, count, MSG_NOSIGNAL);
  *done = sent < 0 ? 0 : sent;
  return sent < 0 ? E_LOST : 0;
}

int32_t viRead(uint32_t session, uint8_t *room, uint32_t count, uint32_t *done) {
  struct pollfd fd = {.fd = all[session].fd, .events = POLLIN};
  *done = 0;
  while (!strcmp(all[session].kind, "HANGS") && poll(&fd, 1, 0) == 0) usleep(1000);
  if (poll(&fd, 1, all[session].timeout) == 0) return E_TMO;
  if (atomic_exchange(&all[session].told, 0)) return E_ABORT;
  if (!strcmp(all[session].kind, "PIECES") && count > 100) count = 100;
  ssize_t got = recv(all[session].fd, room, count, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return E_ABORT; /* cleared meanwhile */
  if (got <= 0) return E_LOST;
  *done = got;
  return *done == count && strcmp(all[session].kind, "PIECES") ? MAX_CNT : 0;
}

/* Ends a read that waits. */
int32_t viTerminate(uint32_t session, uint16_t degree, uint32_t job) {
  (void)degree, (void)job;
  if (!strcmp(all[session].kind, "HANGS")) return 0;
  all[session].told = 1;
  shutdown(all[session].fd, SHUT_RD);
  return 0;
}

/* Drops what is on its way, as a device clear does. */
int32_t viClear(uint32_t session) {
  static atomic_int cleared;
  if (!strcmp(all[session].kind, "HANGS")) return 0;
  if (!strcmp(all[session].kind, "SLOW") && !atomic_exchange(&cleared, 1)) usleep(500000);
  int fd = dial(all[session].port);
  if (fd < 0) return E_LOST;
  dup2(fd, all[session].fd);
  close(fd);
  all[session].told = 0;
  return 0;
}

int32_t viStatusDesc(uint32_t session, int32_t status, char *text) {
  (void)session;
  sprintf(text, "status %x", (unsigned)status);
  return 0;
}
