"""Reading where O_ASYNC does not exist: a thread reads and hands requests over.

It costs a change of threads per request, and a cancel waits until the interpreter runs byte code
in the main thread: a blocking `time.sleep` ends first.
"""

import ctypes
import os
import threading
import time

import maestro_runner as core


def start():
    """Returns `arm`, `disarm`, `wait_for_more` and no function for a watching thread."""
    news = threading.Condition()

    def read_all():
        while not core.at_end:
            try:
                data = os.read(core.requests_fd, core.CHUNK)
            except OSError:
                data = b""
            with news:
                core.take(data)
                if core.is_cancelled:
                    interrupt()
                news.notify_all()
        time.sleep(core.HANG_UP_GRACE_S)
        os._exit(1)

    sent = False

    def interrupt():
        nonlocal sent
        if core.running is not None:
            core.running = None
            sent = True
            main = ctypes.c_ulong(core.main_thread)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(main, ctypes.py_object(core.Cancelled))

    def settle():
        # The exception strikes some byte codes after it was sent: here, if nowhere before.
        while sent and core.current is not None:
            time.sleep(0.001)

    def arm():
        nonlocal sent
        sent = False

    def disarm():
        pass

    def wait_for_more():
        with news:
            while not core.queue and not core.at_end:
                news.wait()

    def wait_in_call(timeout_ms):
        with news:
            news.wait(timeout_ms / 1000)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: setattr(core, "in_child", True))
    core.wait_in_call = wait_in_call
    core.settle = settle
    threading.Thread(target=read_all, name="requests", daemon=True).start()
    return arm, disarm, wait_for_more, None
