// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.ee10.servlet.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.AuthenticationState;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.LoginAuthenticator;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.security.Credential;
import org.jspecify.annotations.Nullable;

/** Somebody whom the server of a {@link Member} knows. */
public final class Users {
    private Users() {}

    /** One user. */
    public static Consumer<ServletContextHandler> of(String name, String password, String... roles) {
        return context -> {
            UserStore users = new UserStore();
            users.addUser(name, Credential.getCredential(password), roles);
            HashLoginService service = new HashLoginService("test");
            service.setUserStore(users);
            ConstraintSecurityHandler security = new ConstraintSecurityHandler();
            security.setLoginService(service);
            security.setAuthenticator(new WhenAsked());
            context.setSessionHandler(new SessionHandler());
            context.setSecurityHandler(security);
        };
    }

    /** The application is not set up to check credentials by itself. */
    private static final class WhenAsked extends LoginAuthenticator {

        @Override
        public String getAuthenticationType() {
            return "WHEN-ASKED";
        }

        @Override
        public @Nullable AuthenticationState validateRequest(Request request, Response response, Callback callback) {
            return null;
        }
    }
}
