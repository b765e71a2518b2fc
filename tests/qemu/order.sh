#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# order.sh FOLDER: print the modules below FOLDER, a path a line, each after the
# modules it depends on. FOLDER may hold a part of a kernel's modules.
set -euo pipefail
folder=$(readlink -f "$1")

find "$folder" \( -name '*.ko' -o -name '*.ko.[xzg]*' \) -printf '%p\n' | sort |
    xargs -r modinfo | awk '
        # modinfo names a module - or _ as it likes; the kernel takes them for one.
        function key(path) {
            sub(/.*\//, "", path)
            sub(/\.ko(\.[a-z]+)?$/, "", path)
            gsub(/-/, "_", path)
            return path
        }
        function visit(name,   n, i, needs) {
            if (name in seen || !(name in path))
                return
            seen[name] = 1
            n = split(depends[name], needs, ",")
            for (i = 1; i <= n; i++)
                visit(key(needs[i]))
            print path[name]
        }
        $1 == "filename:" {
            name = key($2)
            path[name] = $2
            order[++nr] = name
        }
        $1 == "depends:" && NF > 1 { depends[name] = $2 }
        END {
            for (i = 1; i <= nr; i++)
                visit(order[i])
        }'
