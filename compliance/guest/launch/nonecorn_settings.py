"""Settings of nonecorn, whose extension "tls" needs the certificate of the server to be named in a file."""

import sys

certfile = sys.argv[sys.argv.index("--certfile") + 1]
