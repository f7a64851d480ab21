import { Shell, serve } from "{{ worker }}";
{% if push %}import "{{ push }}";
{% endif %}serve(new Shell({{ shell }}));
