"""The control socket: technicians speak to the running locker, known by the kernel's word (docs/control.md).

Nothing is imported here: a command takes `edge.control.client` and need not wait for what the daemon needs.
"""
