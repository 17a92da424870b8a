"""Reading on Linux: the main thread reads, a signal tells of what arrives during a call."""

import fcntl
import select
import sys
import time

import _signal

import maestro_runner as core

os = core.os

O_ASYNC = 0o20000
F_SETOWN_EX = 15
POLLRDHUP = 0x2000


def start():
    """Returns `arm`, `disarm`, `wait_for_more` and the function of the watching thread."""
    fd = core.requests_fd
    poller = select.poll()
    poller.register(fd, select.POLLIN)
    ready = poller.poll
    read = os.read
    chunk = core.CHUNK
    control = fcntl.fcntl
    idle_flags = control(fd, fcntl.F_GETFL)
    armed_flags = idle_flags | O_ASYNC
    set_flags = fcntl.F_SETFL
    is_reading = False

    def pump():
        """Reads what is there, without waiting and without entering itself."""
        nonlocal is_reading
        if is_reading or core.in_child:
            return
        is_reading = True
        try:
            while not core.at_end and ready(0):
                core.take(read(fd, chunk))
        finally:
            is_reading = False

    def on_signal(_number, _frame):
        pump()
        if core.is_cancelled and core.running is not None and not core.shield:
            core.interrupt()

    def arm():
        control(fd, set_flags, armed_flags)
        # What came between the last read and this moment raised no signal.
        if ready(0):
            pump()

    def disarm():
        control(fd, set_flags, idle_flags)

    def wait_for_more():
        core.take(read(fd, chunk))

    spin_us = core.setting("MAESTRO_RUNNER_SPIN_US")
    spin_ns = int(spin_us) * 1000 if spin_us.isdigit() else 0
    now = time.perf_counter_ns

    def spin_for_more():
        """Looks for the next request for a while before it sleeps: waking takes time."""
        end = now() + spin_ns
        while now() < end:
            if ready(0):
                break
        core.take(read(fd, chunk))

    def wait_in_call(timeout_ms):
        """Waits for an answer to a prompt; a signal ends the waiting early."""
        ready(timeout_ms)
        core.shield += 1
        try:
            pump()
        finally:
            core.shield -= 1
        if core.is_cancelled and core.running is not None and not core.shield:
            core.interrupt()

    # The signal's own C handler writes here, whatever the main thread does.
    told, tell = os.pipe()
    os.set_blocking(tell, False)

    def watch():
        """Sees to it that a signal is heard, and ends the process when the engine is gone and
        user code does not notice.

        A signal that comes just before the main thread enters a system call does not end that
        call; unread bytes show that nobody has heard it, and it is sent again.
        """
        events = select.poll()
        events.register(fd, POLLRDHUP)
        events.register(told, select.POLLIN)
        unread = select.poll()
        unread.register(fd, select.POLLIN)
        while True:
            pause = 0.002
            is_hung_up = any(number == fd for number, _ in events.poll())
            end = time.monotonic() + core.HANG_UP_GRACE_S
            while core.current is not None and not core.at_end and unread.poll(0):
                time.sleep(pause)
                if core.current is not None and not core.at_end and unread.poll(0):
                    _signal.pthread_kill(core.main_thread, _signal.SIGIO)
                pause = min(pause * 2, 0.1)
                if is_hung_up and time.monotonic() > end:
                    break
            if is_hung_up:
                time.sleep(max(0, end - time.monotonic()))
                os._exit(1)
            read(told, 512)

    def after_fork():
        # The child neither reads requests nor answers them.
        core.in_child = True
        _signal.set_wakeup_fd(-1)
        for number in (fd, core.answers_fd, told, tell):
            try:
                os.close(number)
            except OSError:
                pass

    _signal.signal(_signal.SIGIO, on_signal)
    _signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    # To the main thread, whose number is that of the process.
    control(fd, F_SETOWN_EX, bytes(4) + os.getpid().to_bytes(4, sys.byteorder))
    os.register_at_fork(after_in_child=after_fork)
    core.wait_in_call = wait_in_call
    return arm, disarm, spin_for_more if spin_ns else wait_for_more, watch
