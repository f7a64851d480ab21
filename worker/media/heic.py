"""The same process for HEIC, where an installation switched that on: the only place that needs the package pillow-heif."""

import sys

from pillow_heif import HeifImageFile, options

from worker.media.child import main

if __name__ == "__main__":
    options.DECODE_THREADS = 1  # no further thread would be allowed
    options.THUMBNAILS = False
    sys.exit(main(HeifImageFile, int(sys.argv[2]), int(sys.argv[3])))
