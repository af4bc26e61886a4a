// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Set;
import org.jboss.weld.environment.servlet.EnhancedListener;
import org.jspecify.annotations.Nullable;

/**
 * Starts the archive's own CDI container, Weld, on servers without CDI. The empty {@code absolute-ordering} of {@code web.xml} disables
 * Weld's own initializer, which fails on servers with CDI.
 */
public final class CdiStarter implements ServletContainerInitializer {

    @Override
    public void onStartup(@Nullable Set<Class<?>> types, ServletContext context) throws ServletException {
        if (!serverHasCdi()) new EnhancedListener().onStartup(Set.of(), context);
    }

    private static boolean serverHasCdi() {
        try {
            CDI.current().getBeanManager();
            return true;
        } catch (IllegalStateException none) {
            return false;
        }
    }
}
