"""Reading on POSIX: the main thread reads, a watcher tells it of what arrives during a long call.

The watcher is a thread that looks every few milliseconds whether one call goes on and on. It then
waits on the request pipe too, and when something arrives (a `cancel`, the answer to a prompt, the
end of the stream) it sends a signal to the main thread: that ends a system call such as
`time.sleep`, and the handler reads what came. Short calls, which nobody cancels in time anyway,
cost nothing of this. Between calls the watcher sleeps; it also ends the process when the engine is
gone and user code does not notice.
"""

import select
import time

import _signal

import maestro_runner as core

os = core.os

# Ignored by default, so that it does no harm wherever it ends up; nothing else uses it.
SIGNAL = _signal.SIGURG
# `select` does not name it. Sockets tell of their end by it, pipes by POLLHUP.
POLLRDHUP = 0x2000
# How often the watcher looks while calls come in, and for how many looks without one it goes on.
LOOK_MS = 5
IDLE_LOOKS = 40
# How long the main thread has to answer a signal before it gets another one.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.002, 0.1


class Reader:
    """The request pipe, read by the main thread and looked after by the watcher."""

    def __init__(self):
        self.fd = core.requests_fd
        self.poller = select.poll()
        self.poller.register(self.fd, select.POLLIN)
        self.is_watching = False
        self.is_reading = False
        self.told, self.tell = os.pipe()
        self.spin_ns = 0
        _signal.signal(SIGNAL, self.on_signal)
        os.register_at_fork(after_in_child=self.after_fork)

    # -- the main thread --

    def wait_for_more(self):
        core.take(os.read(self.fd, core.CHUNK))

    def spin_for_more(self):
        """Looks for the next request for a while before it sleeps: waking takes time."""
        end = time.perf_counter_ns() + self.spin_ns
        while time.perf_counter_ns() < end:
            if self.poller.poll(0):
                break
        core.take(os.read(self.fd, core.CHUNK))

    def begin(self):
        """A call begins: the watcher must be awake. Called only while it may be asleep."""
        self.is_watching = True
        os.write(self.tell, b"\0")

    def settle(self):
        """An interrupt strikes at once here; see `reader_thread`."""

    def pump(self):
        """Reads what is there, without waiting and without entering itself.

        Between calls the main thread is about to read by itself; if the handler took the bytes
        first, it would wait for others.
        """
        if self.is_reading or core.in_child:
            return
        self.is_reading = True
        try:
            while core.current is not None and not core.at_end and self.poller.poll(0):
                core.take(os.read(self.fd, core.CHUNK))
        finally:
            self.is_reading = False

    def on_signal(self, _number, _frame):
        self.pump()
        core.interrupt()

    def wait_in_call(self, timeout_ms):
        """Waits for an answer to a prompt."""
        self.poller.poll(timeout_ms)
        core.shield += 1
        try:
            self.pump()
        finally:
            core.shield -= 1
        core.interrupt()

    def after_fork(self):
        # The child neither reads requests nor answers them.
        core.in_child = True
        for number in (self.fd, core.answers_fd, self.told, self.tell):
            try:
                os.close(number)
            except OSError:
                pass

    # -- the watcher --

    def watch(self):
        """Looks after long calls and the hang-up; never returns."""
        hang_up = POLLRDHUP if core.sys.platform.startswith("linux") else 0
        idle, busy, unread = select.poll(), select.poll(), select.poll()
        idle.register(self.fd, hang_up)
        busy.register(self.fd, hang_up | select.POLLIN)
        for events in (idle, busy):
            events.register(self.told, select.POLLIN)
        unread.register(self.fd, select.POLLIN)
        looks = 0
        last = None
        while True:
            current = core.current
            events = busy if current is not None and current == last else idle
            last = current
            if current is not None:
                looks = 0
            elif self.is_watching:
                looks += 1
                if looks > IDLE_LOOKS:
                    self.is_watching = False
                    # A call that begins at this moment has set the one or seen the other.
                    self.is_watching = core.current is not None
            # Not by `is_watching` alone: on interpreters that change threads anywhere, a call may
            # have set it before the line above, which has looked before that call.
            is_awake = self.is_watching or current is not None or core.current is not None
            for number, what in events.poll(LOOK_MS if is_awake else None):
                if number == self.told:
                    os.read(self.told, 512)
                elif what & ~select.POLLIN:
                    self.hung_up(unread)
                else:
                    self.tell_main(unread)

    def tell_main(self, unread, end=None):
        """Sends the signal until the main thread has read what came, and has obeyed it.

        A signal that comes just before the main thread enters a system call does not end it, and
        one that comes during an import is put off.
        """
        pause = FIRST_PAUSE_S
        current = core.current
        while current is not None and core.current == current:
            is_unread = not core.at_end and unread.poll(0)
            if not is_unread and not (core.is_cancelled and core.running is not None):
                break
            _signal.pthread_kill(core.main_thread, SIGNAL)
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
            if end is not None and time.monotonic() > end:
                break

    def hung_up(self, unread):
        """The engine is gone: code that runs is interrupted, code that hangs is ended."""
        end = time.monotonic() + core.HANG_UP_GRACE_S
        self.tell_main(unread, end)
        core.hang_up(end)


def start():
    """Prepares the pipe and returns the reader."""
    reader = Reader()
    spin_us = core.setting("MAESTRO_RUNNER_SPIN_US")
    if spin_us.isdigit() and int(spin_us) > 0:
        reader.spin_ns = int(spin_us) * 1000
        reader.wait_for_more = reader.spin_for_more
    return reader
