package dev.outrigger.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Reference;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Gives a bound port away without losing a connection on the way.
 *
 * <p>With {@code SO_REUSEPORT} two sockets of one user can listen on a port, and the kernel deals new connections out by a hash.
 * Closing one of them resets what waits in its queue, so under load a plain hand-over always loses some. Instead the socket
 * that goes first has the kernel steer every new connection past it, by a program of one instruction, goes on to accept what is
 * in its queue already, and only then closes.
 *
 * <p>Programs can be attached to the sockets of epoll and io_uring on Linux. Elsewhere the methods say that they could not,
 * and what remains is the small loss.
 */
public final class PortHandOver {
    private static final Logger LOG = System.getLogger(PortHandOver.class.getName());

    // From Linux' asm-generic/socket.h.
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_ATTACH_REUSEPORT_CBPF = 51;
    // From Linux' netinet/tcp.h: what struct tcp_info counts as unacknowledged is, of a listening socket, its queue.
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int TCP_INFO_BYTES = 32;
    private static final int UNACKNOWLEDGED_OFFSET = 24;

    // From Linux' bpf_common.h and filter.h: an instruction is a code, two jump offsets and an operand, 8 bytes in all.
    private static final int INSTRUCTION_BYTES = 8;
    private static final int LOAD_BYTE = 0x30;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    /** {@code struct sock_fprog} of a 64-bit machine: a count of instructions, padding, a pointer. */
    private static final int PROGRAM_HEADER_BYTES = 16;

    private static final int POINTER_OFFSET = 8;

    private static final int SECOND_SOCKET = 1;
    private static final int TCP_FLAGS_OFFSET = 13;
    private static final int SYN = 0x02;
    private static final int SYN_AND_ACK = 0x12;
    private static final int NOTHING = 0;
    private static final int WHOLE_PACKET = 0xffffffff;

    private PortHandOver() {}

    /** Lets another socket of the same user bind the address too, if that allows it as well. */
    public static void share(ServerBootstrap bootstrap, Class<? extends ServerChannel> type) {
        bootstrap.option(reusePort(UnixChannel.class.isAssignableFrom(type)), true);
    }

    /** {@link #share(ServerBootstrap, Class)} for a socket that is bound already, and back. One that is closed is in nobody's way. */
    public static void share(Channel server, boolean shared) {
        try {
            server.config().setOption(reusePort(server instanceof UnixChannel), shared);
        } catch (ChannelException e) {
            // Its loop may close it at any moment.
            if (server.isOpen()) {
                throw e;
            }
        }
    }

    private static ChannelOption<Boolean> reusePort(boolean unix) {
        return unix ? UnixChannelOption.SO_REUSEPORT : NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
    }

    /**
     * From now on new connections go to the socket that was bound to the port next, which is that of the process that takes
     * over. Handshakes that were begun still end here: accept for a moment longer, then close. Without a second socket
     * everything goes on as it was; the kernel numbers the sockets of a port by the order of their binding from 0, and ignores
     * a program that names one that is not there. For the same reason the program, which stays with the port, does no harm
     * when this socket is closed and the other has become number 0.
     *
     * @return whether it worked; if not, because it can not be done here or nobody ever shared the port, just close
     */
    public static boolean yieldPort(Channel server) {
        ByteBuffer program = program(1);
        instruction(program, RETURN, 0, 0, SECOND_SOCKET);
        return attach(server, SO_ATTACH_REUSEPORT_CBPF, program);
    }

    /**
     * From now on no new connection gets in, and none is refused either: the kernel drops the first packet of the handshake,
     * which the client sends again a second later, to whatever is bound to the address then. Handshakes that were begun still
     * end here: accept for a moment longer, then close. For a socket whose address another one, bound differently, covers as
     * well; the kernel does not count those two as one port, so {@link #yieldPort} has no effect.
     *
     * @return whether it worked; if not, just close
     */
    public static boolean holdOff(Channel server) {
        ByteBuffer program = program(5);
        instruction(program, LOAD_BYTE, 0, 0, TCP_FLAGS_OFFSET);
        instruction(program, AND, 0, 0, SYN_AND_ACK);
        instruction(program, JUMP_IF_EQUAL, 0, 1, SYN);
        instruction(program, RETURN, 0, 0, NOTHING);
        instruction(program, RETURN, 0, 0, WHOLE_PACKET);
        return attach(server, SO_ATTACH_FILTER, program);
    }

    /** Connections that are made and not accepted yet, which closing would reset; 0 where that can not be asked. */
    public static int waiting(Channel server) {
        if (!(server instanceof UnixChannel unix) || !server.isOpen()) {
            return 0;
        }
        ByteBuffer info = ByteBuffer.allocateDirect(TCP_INFO_BYTES).order(ByteOrder.nativeOrder());
        try {
            new Socket(unix.fd().intValue()).getRawOpt(IPPROTO_TCP, TCP_INFO, info);
            return info.getInt(UNACKNOWLEDGED_OFFSET);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the kernel does not tell of the queue of " + server, e);
            return 0;
        }
    }

    private static ByteBuffer program(int instructions) {
        return ByteBuffer.allocateDirect(instructions * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
    }

    /** Both offsets count the instructions to skip. */
    private static void instruction(ByteBuffer program, int code, int ifTrue, int ifFalse, int operand) {
        program.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
    }

    private static boolean attach(Channel server, int option, ByteBuffer program) {
        if (!(server instanceof UnixChannel unix) || !server.isOpen()) {
            return false;
        }
        ByteBuffer header = ByteBuffer.allocateDirect(PROGRAM_HEADER_BYTES).order(ByteOrder.nativeOrder());
        header.putShort((short) (program.position() / INSTRUCTION_BYTES));
        header.putLong(POINTER_OFFSET, Buffer.memoryAddress(program));
        header.clear();
        try {
            new Socket(unix.fd().intValue()).setRawOpt(SOL_SOCKET, option, header);
            return true;
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the kernel takes no program for " + server, e);
            return false;
        } finally {
            Reference.reachabilityFence(program);
        }
    }
}
