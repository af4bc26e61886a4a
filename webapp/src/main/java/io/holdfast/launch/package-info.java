/**
 * The classes that {@code java -jar holdfast.war} runs first. They lie at the root of the archive, outside {@code WEB-INF}, and use only
 * the JDK.
 */
@NullMarked
package io.holdfast.launch;

import org.jspecify.annotations.NullMarked;
