"""Reading where signals do not reach a thread: a thread reads and hands requests over.

It costs a change of threads per request, and a cancel waits until the interpreter runs byte code
in the main thread: a blocking `time.sleep` ends first.
"""

import ctypes
import os
import sys
import threading
import time

import maestro_runner as core


class Reader:
    """The thread that reads, and what the main thread asks of it."""

    is_watching = True

    def __init__(self):
        self.news = threading.Condition()
        # A call that was interrupted and may not have noticed yet.
        self.interrupted = None
        # Between looking whether code runs and interrupting it, it must not end.
        self.striking = threading.Lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=lambda: setattr(core, "in_child", True))
        threading.Thread(target=self.read_all, name="requests", daemon=True).start()

    def wait_for_more(self):
        with self.news:
            while not core.queue and not core.at_end:
                self.news.wait()

    def wait_in_call(self, timeout_ms):
        with self.news:
            self.news.wait(timeout_ms / 1000)

    def settle(self):
        """The exception strikes some byte codes after it was sent: here, if nowhere before."""
        with self.striking:
            pass
        while self.interrupted is not None and self.interrupted == core.current:
            time.sleep(0.001)

    def read_all(self):
        while not core.at_end:
            try:
                data = os.read(core.requests_fd, core.CHUNK)
            except OSError:
                data = b""
            with self.news:
                core.take(data)
                if core.is_cancelled:
                    self.interrupt()
                self.news.notify_all()
        core.hang_up()

    def interrupt(self):
        for _ in range(100):
            if not core.is_importing(sys._current_frames().get(core.main_thread)):
                break
            time.sleep(0.005)
        with self.striking:
            running = core.running
            if running is not None:
                self.interrupted = running
                core.running = None
                main = ctypes.c_ulong(core.main_thread)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(main, ctypes.py_object(core.Cancelled))


def start():
    """Starts the thread and returns the reader."""
    return Reader()
