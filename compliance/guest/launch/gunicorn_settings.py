"""Settings of gunicorn that its older versions do not know, and pass over here: options would stop them."""

control_socket_disable = True
