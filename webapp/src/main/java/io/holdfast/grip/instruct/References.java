// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import java.net.URI;

/** References of links, resolved against the place where they stand (RFC 3986, 5.2). */
public final class References {
    private References() {}

    /** The absolute address of a reference. */
    public static URI resolve(URI place, URI reference) {
        boolean samePath = !reference.isAbsolute()
                && reference.getRawAuthority() == null
                && reference.getRawPath().isEmpty();
        if (!samePath || place.isOpaque()) return place.resolve(reference);
        // The library would leave out the last part of the path, as an older RFC had it.
        String query = reference.getRawQuery() == null ? place.getRawQuery() : reference.getRawQuery();
        return URI.create(place.getScheme() + "://" + place.getRawAuthority() + place.getRawPath()
                + (query == null ? "" : "?" + query));
    }
}
