// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.config;

/** A port that the settings name cannot be used. */
public final class PortFault extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final String option;

    private PortFault(String sentence, String option) {
        super(sentence);
        this.option = option;
    }

    /**
     * A fault with its remedy.
     *
     * @param kind what the port is for, such as {@code Member port}
     * @param option the key of the setting that names the port
     * @param flag the flag of the standalone program that does
     */
    public static PortFault of(String kind, int port, String address, String why, String option, String flag) {
        return new PortFault(
                kind + " " + port + " on " + address + " cannot be used: " + why
                        + ". Stop what holds it, or choose another with " + option + " (" + flag + ").",
                option);
    }

    /** The same fault where another copy of Holdfast is in the same server, at those paths. */
    public PortFault beside(String paths) {
        return new PortFault(
                getMessage() + " Another copy of Holdfast runs in this server, at " + paths
                        + ". Each needs a port of its own: the JNDI entry holdfast/" + option
                        + " is of one application alone.",
                option);
    }
}
