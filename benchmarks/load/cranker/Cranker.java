// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
import com.hsbc.cranker.connector.CrankerConnectorBuilder;
import com.hsbc.cranker.connector.RegistrationUriSuppliers;
import com.hsbc.cranker.mucranker.CrankerRouter;
import com.hsbc.cranker.mucranker.CrankerRouterBuilder;
import io.muserver.MuServerBuilder;
import java.net.URI;
import java.util.List;

/**
 * A router of Cranker, or a connector to it, for {@code dispatch.sh}: {@code router PORT REGISTRATION-PORT}, or
 * {@code connector REGISTRATION-PORT TARGET-PORT WINDOW PROTOCOL}.
 */
class Cranker {
    public static void main(String[] args) {
        if (args[0].equals("router")) {
            CrankerRouter router = CrankerRouterBuilder.crankerRouter()
                    .withSupportedCrankerProtocols(List.of("cranker_3.0", "cranker_1.0"))
                    .start();
            MuServerBuilder.muServer()
                    .withHttpPort(Integer.parseInt(args[2]))
                    .addHandler(router.createRegistrationHandler())
                    .start();
            MuServerBuilder.muServer()
                    .withHttpPort(Integer.parseInt(args[1]))
                    .addHandler(router.createHttpHandler())
                    .start();
        } else
            CrankerConnectorBuilder.connector()
                    .withHttpClient(CrankerConnectorBuilder.createHttpClient(true).build())
                    .withRouterUris(RegistrationUriSuppliers.fixedUris(URI.create("ws://localhost:" + args[1])))
                    .withRoute("*")
                    .withTarget(URI.create("http://localhost:" + args[2]))
                    .withSlidingWindowSize(Integer.parseInt(args[3]))
                    .withPreferredProtocols(List.of(args[4]))
                    .start();
    }
}
